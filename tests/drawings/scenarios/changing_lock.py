"""A thread that goes to sleep while another one locks it."""

from splx.kernel.interface.lwp import ci
from splx.kernel.interface.sched import lwp_lock, lwp_unlock
from splx.lang.kernel import on_cpu
from splx.scenario import *

m = Mutex("m")
cv = Condvar("cv")


@thread(cpu=0)
def other() -> None:
    who = on_cpu(ci, 1).running
    lwp_lock(who)
    lwp_unlock(who)


@thread("l", cpu=1)
def sleeps() -> None:
    mutex_enter(m)
    cv_wait(cv, m)
    mutex_exit(m)
