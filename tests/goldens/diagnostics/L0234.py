from splx.lang.struct import Struct
from splx.lang.types import i64


class Exec(Struct):
    pc: i64


def use(x: Exec) -> int:
    return x.pc


def run(n: int) -> int:
    x = Exec(pc=3)
    return use(Exec())
