from splx.lang.struct import Array, Struct, array
from splx.lang.types import i64


class Insn(Struct):
    op: i64


class Machine(Struct):
    code: Array[Insn] = array(8)
    clock: Array[i64] = array(4)


def run(m: Machine) -> int:
    m.code[0] = m.code[1]
    m.clock = 3
    a = m.clock
    return 0
