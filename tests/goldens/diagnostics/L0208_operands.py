from splx.lang.intrinsic import intrinsic
from splx.lang.kernel import Array, Handle, Struct, addr, array, i64
from splx.lang.types import BOOL


@intrinsic(("handle", "int"))
def count(statistic: object, by: int) -> None: ...


class Device(Handle):
    pass


nic = Device()


class Mutex(Struct):
    word: i64


def run(m: Mutex, n: int) -> int:
    count(n, 1)
    n = n + m
    return addr(n)
