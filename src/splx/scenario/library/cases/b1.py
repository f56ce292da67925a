"""B1: a lock that may sleep, taken while a spin lock is held.

It is free in most runs and nothing happens; when it is not, the thread sleeps with the spin lock. A kernel that
asserts on every call says so at once; one that asserts only when it comes to the worst (mutant b1) needs the run in
which it does. NESTED=0 is the driver put right.

Source: openwrt/openwrt, pull request 13639: a semaphore under a spin lock, interrupts off.
"""

from splx.scenario import *

NESTED = Param("NESTED", 1)
short = Mutex("short", IPL_VM)
long = Mutex("long")


@thread(cpu=0)
def other() -> None:
    with long:
        yield_()


@thread(cpu=0)
def nested() -> None:
    if NESTED == 1:
        with short, long:
            pass
    else:
        with long, short:
            pass
