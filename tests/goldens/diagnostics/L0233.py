from splx.lang.struct import Const, Struct
from splx.lang.types import i64


class Machine(Struct):
    clock: i64


machine = Machine()
IPL_VM = Const("IPL_VM")


def run(n: int) -> int:
    a = machine.clock
    return IPL_VM
