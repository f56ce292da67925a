"""The smallest uses of the kernel's mechanisms, one for each value of WHAT; all on one CPU."""

from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.scenario import *

WHAT = Param("WHAT", 0)


class Box(Struct):
    n: i64
    who: Lwp


box = Box()
m = Mutex("m")
gate = Mutex("gate")
opened = Condvar("opened")
pool = Pool("pool", 1)
one = Work()


@softint(IPL_SOFTNET)
def soft() -> None:
    box.n += 1


def serve(arg: int) -> None:
    box.n += arg


queue = Workqueue("queue", serve, cpu=0)


@thread(priority=PRI_USER, cpu=0)
def first() -> None:
    if WHAT == 0:
        kpreempt_disable()
        softint_schedule(soft)
        kpreempt_enable()
    elif WHAT == 1:
        workqueue_enqueue(queue, one, 1)
    elif WHAT == 2:
        item = pool_get(pool, PR_NOWAIT)
        pool_get(pool, PR_NOWAIT)
        pool_put(pool, item)
    elif WHAT == 3:
        mutex_enter(m)
        yield_()
        mutex_exit(m)
    elif WHAT == 4:
        mutex_enter(m)
        mutex_enter(gate)
        cv_signal(opened)
        mutex_exit(gate)
        yield_()
        mutex_exit(m)
    elif WHAT == 5:
        box.who = ci.curlwp
        lwp_park()


@thread(priority=PRI_USER, cpu=0)
def second() -> None:
    if WHAT == 3:
        mutex_enter(m)
        mutex_exit(m)
    elif WHAT == 5:
        lwp_unpark(box.who)


@thread(priority=PRI_USER_RT, cpu=0)
def better() -> None:
    if WHAT == 4:
        mutex_enter(gate)
        cv_wait(opened, gate)
        mutex_exit(gate)
        mutex_enter(m)
        mutex_exit(m)
