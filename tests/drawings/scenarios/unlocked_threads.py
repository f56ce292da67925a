"""Two threads that count in one word, and rely on the big lock."""

from splx.scenario import *

optional(kernel_lock)


class Box(Struct):
    n: i64


box = Box()


@thread(cpu=0)
def one() -> None:
    kernel_lock()
    box.n += 1
    kernel_unlock()


@thread(cpu=1)
def other() -> None:
    kernel_lock()
    box.n += 1
    kernel_unlock()
