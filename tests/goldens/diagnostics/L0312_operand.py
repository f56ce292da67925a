from splx.lang.intrinsic import intrinsic
from splx.lang.kernel import Struct, ghost, i64


@intrinsic(("place", "int"))
def fetch_add(place: int, by: int) -> None: ...


class Lock(Struct):
    held: i64 = ghost()


def take(m: Lock) -> None:
    fetch_add(m.held, 1)
