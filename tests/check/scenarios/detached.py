"""A driver that is detached: it quiets its device, removes the handler, and takes what is left. FILTER: it is one."""

from splx.lang.kernel import spin_while
from splx.scenario import *

FILTER = Param("FILTER", 1)
tty = Serial("tty", Poisson(ms(1)), limit=1)


class Softc(Struct):
    used: i64 = atomic()
    freed: i64 = atomic()


softc = Softc()


@handler(tty, IPL_SERIAL if FILTER else IPL_NET, mpsafe=True)
def tty_intr() -> None:
    assert softc.freed == 0, "used after it was freed"
    tty.pop()
    softc.used = 1


@thread(cpu=1)
def driver() -> None:
    spin_while(softc.used == 0)
    tty.disable()
    intr_disestablish(tty)
    softc.freed = 1
