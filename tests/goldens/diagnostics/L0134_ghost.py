from splx.lang.intrinsic import intrinsic
from splx.lang.kernel import Struct, atomic, ghost, i64


@intrinsic(("place", "value"), "place")
def swap(place: int, new: int) -> int: ...


class Lock(Struct):
    word: i64 = atomic()
    last: i64 = ghost()
    swaps: i64 = ghost()


def take(m: Lock) -> None:
    m.last = swap(m.word, 1)
    m.swaps += swap(m.word, 1)
