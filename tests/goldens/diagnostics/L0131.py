from splx.lang.struct import Struct
from splx.lang.types import i64


class Machine(Struct):
    clock: i64


def within(m: Machine, low: int, high: int) -> bool:
    return low <= m.clock < high
