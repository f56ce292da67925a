from splx.lang.struct import Struct
from splx.lang.types import i64


class Machine(Struct):
    clock: i64


def advance(m: Machine) -> int:
    m.clock += 1
    return m.clock


def ahead(m: Machine) -> bool:
    return advance(m) > 0


def run(m: Machine) -> None:
    assert advance(m) < 100
    assert ahead(m), "the clock runs"
