from splx.lang.struct import Struct
from splx.lang.types import i64


class Machine(Struct):
    pc: i64


def run(m: Machine, n: int) -> int:
    x: float = n
    return n


def which(m: Machine) -> Machine:
    return m
