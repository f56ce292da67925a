from splx.lang.intrinsic import intrinsic
from splx.lang.kernel import Array, Struct, array, i64, on_cpu, spin_while, us
from splx.lang.types import BOOL


@intrinsic(("place", "value", "value"), BOOL)
def cas(place: int, old: int, new: int) -> bool: ...


@intrinsic(("dist", "int?"))
def work(time: int, key: int = 0) -> None: ...


class Mutex(Struct):
    word: i64


def run(m: Mutex, n: int) -> int:
    a = cas(m.word, 0)
    work()
    b = us(1, 2)
    c = on_cpu(m).word
    spin_while(n > 0, n > 1)
    for i in range(n, n, 1, 1):
        pass
    return n
