"""Locks that are given back too often, or not at all."""

from splx.scenario import *

HOW = Param("HOW", 0)
a = Mutex("a")
v = Mutex("v", IPL_VM)
rw = RWLock("rw")


@thread(cpu=0)
def one() -> None:
    if HOW == 0:
        mutex_exit(a)
    elif HOW == 1:
        mutex_enter(a)
        with a:
            pass
    elif HOW == 2:
        rw_exit(rw)
    elif HOW == 3:
        with v:
            pass
        mutex_enter(v)
    elif HOW == 4:
        rw_enter(rw, RW_READER)
    elif HOW == 5:
        with v:
            mutex_enter(a)
    elif HOW == 6:
        with a:
            pass
        kpreempt_disable()
    elif HOW == 7:
        splvm()
        s = splhigh()
        splx(s)
