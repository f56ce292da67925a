"""D3: whoever waits for something that nobody owns has nobody to lend its priority to.

As d1, under a kernel whose locks lend: `low` has the only item of a pool, `high` wants it, `middle` goes on until
`high` is through. The knob is what they share: with OWNED=0 the pool, with OWNED=1 a lock, which has an owner.

Source: the rules for semaphores in Linux, Documentation/locking/locktypes.rst.
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

OWNED = Param("OWNED", 1)


class Box(Struct):
    go: i64 = guarded_by("gate")
    through: i64 = atomic()


box = Box()
lock = Mutex("lock")
pool = Pool("pool", 1)
gate = Mutex("gate")
go = Condvar("go")


def take() -> None:
    if OWNED == 0:
        pool_get(pool, PR_WAITOK)
    else:
        mutex_enter(lock)


def give_back() -> None:
    if OWNED == 0:
        pool_put(pool, 1)
    else:
        mutex_exit(lock)


def wait_for_low() -> None:
    with gate:
        while box.go == 0:
            cv_wait(go, gate)


@thread(priority=PRI_USER, cpu=0)
def low() -> None:
    take()
    with gate:
        box.go = 1
        cv_broadcast(go)
    give_back()


@thread(priority=PRI_KERNEL, cpu=0)
def middle() -> None:
    wait_for_low()
    spin_while(box.through == 0)


@thread(priority=PRI_USER_RT, cpu=0)
def high() -> None:
    wait_for_low()
    take()
    box.through = 1
    give_back()
