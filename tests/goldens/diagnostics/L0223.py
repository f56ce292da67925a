from splx.lang.struct import Array, Struct, array
from splx.lang.types import i64


class Ring(Struct):
    slots: Array[i64] = array(8)


def run(r: Ring) -> int:
    a = r.slots[8]
    return r.slots[-1]


def first(n: int) -> int:
    return n


TABLE = (first,)


def call(n: int) -> int:
    return TABLE[1](n)
