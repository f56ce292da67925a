from splx.lang.struct import Array, Struct, array
from splx.lang.types import i64


class Machine(Struct):
    clock: Array[i64] = array(4)
    pc: i64


def run(m: Machine, n: int) -> int:
    a = m.pc[0]
    return len(m.pc) + len(n)
