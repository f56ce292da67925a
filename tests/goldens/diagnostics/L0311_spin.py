from splx.lang.struct import Struct
from splx.lang.types import i64
from splx.lang import kernel


class Machine(Struct):
    pc: i64


def run(m: Machine) -> None:
    kernel.spin_while(m.pc > 0)
