"""D4: a thread of high priority spins until one that it preempted is through.

`low` says that it is busy; `high` comes, better and on the same CPU, and spins until it is not. The knob is how `high`
waits: SLEEPS=0 spins, SLEEPS=1 waits for a lock that lends.

Source: Linux, tasklet_unlock_spin_wait on PREEMPT_RT; Documentation/core-api/real-time.
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

SLEEPS = Param("SLEEPS", 1)


class Box(Struct):
    go: i64 = guarded_by("gate")
    busy: i64 = atomic()


box = Box()
lock = Mutex("lock")
gate = Mutex("gate")
go = Condvar("go")


@thread(priority=PRI_USER, cpu=0)
def low() -> None:
    mutex_enter(lock)
    box.busy = 1
    with gate:
        box.go = 1
        cv_signal(go)
    box.busy = 0
    mutex_exit(lock)


@thread(priority=PRI_USER_RT, cpu=0)
def high() -> None:
    with gate:
        while box.go == 0:
            cv_wait(go, gate)
    if SLEEPS == 0:
        spin_while(box.busy != 0)
    else:
        with lock:
            pass
