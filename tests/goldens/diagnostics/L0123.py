from splx.lang.struct import Array, Struct, array
from splx.lang.types import i64


class Ring(Struct):
    slots: Array[i64] = array(8)


def total(r: Ring) -> int:
    sum = 0
    for slot in r.slots:
        sum += slot
    return sum


def bounds(n: int) -> None:
    r = range(n)
