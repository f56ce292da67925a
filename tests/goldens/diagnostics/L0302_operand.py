from splx.lang.intrinsic import intrinsic
from splx.lang.kernel import Struct, i64, stat


@intrinsic(("place", "int"))
def fetch_add(place: int, by: int) -> None: ...


class Ring(Struct):
    drops: i64 = stat()


def drop(r: Ring) -> None:
    fetch_add(r.drops, 1)
