"""Two threads that take two locks in opposite orders."""

from splx.scenario import *

a = Mutex("a")
b = Mutex("b")


@thread(cpu=0)
def one() -> None:
    with a, b:
        pass


@thread(cpu=1)
def other() -> None:
    with b, a:
        pass
