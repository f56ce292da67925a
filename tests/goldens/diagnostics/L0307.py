from splx.lang.intrinsic import intrinsic
from splx.lang.kernel import Array, Struct, array, i64
from splx.lang.types import BOOL


@intrinsic(("place", "value", "value"), BOOL)
def cas(place: int, old: int, new: int) -> bool: ...


class Mutex(Struct):
    word: i64
    words: Array[i64] = array(4)


def run(m: Mutex, n: int) -> bool:
    a = cas(n, 0, 1)
    b = cas(m.words, 0, 1)
    return cas(m.word + 1, 0, 1)
