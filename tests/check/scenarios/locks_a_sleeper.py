"""A thread that goes to sleep while another one locks it, and wakes it afterwards."""

from splx.kernel.interface.lwp import ci
from splx.kernel.interface.sched import lwp_lock, lwp_unlock
from splx.lang.kernel import on_cpu, spin_while
from splx.scenario import *


class Box(Struct):
    runs: i64 = atomic()
    seen: i64 = atomic()
    go: i64 = guarded_by("gate")


box = Box()
gate = Mutex("gate")
go = Condvar("go")


@thread(cpu=0)
def other() -> None:
    spin_while(box.runs == 0)
    who = on_cpu(ci, 1).running
    box.seen = 1
    lwp_lock(who)
    lwp_unlock(who)
    with gate:
        box.go = 1
        cv_signal(go)


@thread(cpu=1)
def sleeper() -> None:
    box.runs = 1
    spin_while(box.seen == 0)
    with gate:
        while box.go == 0:
            cv_wait(go, gate)
