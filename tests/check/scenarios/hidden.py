"""An assertion fails before anybody does anything else; SLEEPS: in other runs a thread sleeps for ever."""

from splx.machine.intrinsics import choose
from splx.scenario import *

FULL = Param("FULL", 0)
SLEEPS = Param("SLEEPS", 0)
CPU = Param("CPU", 0)


class Box(Struct):
    full: i64 = atomic()


box = Box(full=FULL)


lock = Mutex("lock")
never = Condvar("never")


@thread(cpu=CPU)
def taker() -> None:
    if SLEEPS == 0 or choose(2) == 0:
        assert box.full == 7
    mutex_enter(lock)
    if SLEEPS == 1:
        cv_wait(never, lock)
    mutex_exit(lock)
