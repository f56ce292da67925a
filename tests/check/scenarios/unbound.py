"""Two requests of a workqueue that is no CPU's: the first waits for the second. TOGETHER=1: both are made
at once, else the second when the first has begun.
"""

from splx.scenario import *

TOGETHER = Param("TOGETHER", 0)
gate = Mutex("gate")
turns = Condvar("turns")
first, second = Work(), Work()


class Box(Struct):
    left: i64 = guarded_by("gate", 2)


box = Box()


def job(arg: int) -> None:
    with gate:
        box.left -= 1
        while arg == 1 and box.left != 0:
            cv_wait(turns, gate)
        cv_broadcast(turns)


jobs = Workqueue("jobs", job, unbound=True)


@thread(cpu=0)
def user() -> None:
    kpreempt_disable()
    workqueue_enqueue(jobs, first, 1)
    if TOGETHER == 0:
        kpreempt_enable()
        yield_()
        kpreempt_disable()
    workqueue_enqueue(jobs, second, 2)
    kpreempt_enable()
    with gate:
        while box.left != 0:
            cv_wait(turns, gate)
