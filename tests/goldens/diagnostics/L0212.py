from splx.lang.struct import Array, Struct, array
from splx.lang.types import i64


class Insn(Struct):
    op: i64


class Machine(Struct):
    code: Array[Insn] = array(8)


def run(m: Machine, e: Insn) -> int:
    e = m.code[1]
    return e.op
