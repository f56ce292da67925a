from splx.lang.struct import Array, Struct, array
from splx.lang.types import i64


class Ring(Struct):
    slots: Array[i64]
    none: Array[i64] = array(0)
    head: i64 = array(4)


def run(r: Ring) -> int:
    return 0
