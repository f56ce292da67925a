from splx.lang.struct import Array, Struct, array
from splx.lang.types import i64


class Ring(Struct):
    slots: Array[i64] = array(8)


def tail(r: Ring) -> int:
    rest = r.slots[1:]
    return 0
