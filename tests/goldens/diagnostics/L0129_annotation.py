from splx.lang.struct import Struct
from splx.lang.types import i64


class Machine(Struct):
    pc: i64


def run(m: Machine) -> None:
    m.pc: int = 3
