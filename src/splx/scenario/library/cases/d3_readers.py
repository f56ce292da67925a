"""D3_READERS: whoever waits for readers lends to nobody: of readers a lock keeps the number, not the names.

As d3, with an rwlock: `low` has it, `high` wants to write, `middle` goes on until `high` is through. The knob is how
`low` has it: with WRITES=0 to read, with WRITES=1 to write, and then it is lent the priority of `high`.

Source: NetBSD sys/kern/kern_rwlock.c, rw_owner: nobody for a lock that is held to read. A. Laight, tech-smp,
2006-12-02, on priority inversion.
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

WRITES = Param("WRITES", 1)


class Box(Struct):
    go: i64 = guarded_by("gate")
    through: i64 = atomic()


box = Box()
table = RWLock("table")
gate = Mutex("gate")
go = Condvar("go")


def wait_for_low() -> None:
    with gate:
        while box.go == 0:
            cv_wait(go, gate)


@thread(priority=PRI_USER, cpu=0)
def low() -> None:
    rw_enter(table, RW_WRITER if WRITES == 1 else RW_READER)
    with gate:
        box.go = 1
        cv_broadcast(go)
    rw_exit(table)


@thread(priority=PRI_KERNEL, cpu=0)
def middle() -> None:
    wait_for_low()
    spin_while(box.through == 0)


@thread(priority=PRI_USER_RT, cpu=0)
def high() -> None:
    wait_for_low()
    rw_enter(table, RW_WRITER)
    box.through = 1
    rw_exit(table)
