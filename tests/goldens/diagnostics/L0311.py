from splx.lang.struct import Struct
from splx.lang.types import i64


class Machine(Struct):
    clock: i64


def run(m: Machine) -> None:
    with m:
        m.clock = 1
