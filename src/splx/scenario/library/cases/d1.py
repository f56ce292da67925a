"""D1: a thread of high priority waits for one of low priority, and for all that lie between.

`low` has the lock. `high` wants it. `middle` is better than `low`, needs no lock, and goes on until `high` is through:
for ever. The knob is what a lock does for who waits: nothing (textbook:lock=fifo), or lend its priority to the owner
(textbook:lock=inherit). That `middle` waits for `high` makes of an inversion without a bound one without an end.

Source: Mars Pathfinder, 1997; G. Reeves, "What really happened on Mars".
"""

from splx.lang.kernel import spin_while
from splx.scenario import *


class Box(Struct):
    go: i64 = guarded_by("gate")
    through: i64 = atomic()


box = Box()
lock = Mutex("lock")
gate = Mutex("gate")
go = Condvar("go")


def wait_for_low() -> None:
    with gate:
        while box.go == 0:
            cv_wait(go, gate)


@thread(priority=PRI_USER, cpu=0)
def low() -> None:
    with lock, gate:
        box.go = 1
        cv_broadcast(go)


@thread(priority=PRI_KERNEL, cpu=0)
def middle() -> None:
    wait_for_low()
    spin_while(box.through == 0)


@thread(priority=PRI_USER_RT, cpu=0)
def high() -> None:
    wait_for_low()
    with lock:
        box.through = 1
