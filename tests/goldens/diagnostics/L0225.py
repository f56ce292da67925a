from splx.lang.struct import Struct
from splx.lang.types import i64

limit = 3


class Machine(Struct):
    clock: i64


def run(m: Machine, n: int) -> int:
    a = limit(n)
    b = n(3)
    m.advance(2)
    return m.clock.bit_length()
