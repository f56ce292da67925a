"""A CPU spins for what another one writes, and the first one is first wherever nothing takes time."""

from splx.lang.kernel import spin_while
from splx.scenario import *


class Box(Struct):
    full: i64 = atomic()


box = Box()


@thread(cpu=0)
def waits() -> None:
    spin_while(box.full == 0)


@thread(cpu=1)
def fills() -> None:
    box.full = 1
