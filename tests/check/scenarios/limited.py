"""A workqueue one of whose requests is under way at once; the second comes to run when the first is through.

HIGH=1: the first waits, by spinning, for a request of another workqueue of the same CPU, which is of high priority.
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

HIGH = Param("HIGH", 0)
gate = Mutex("gate")
turns = Condvar("turns")
first, second, urgent = Work(), Work(), Work()


class Box(Struct):
    go: i64 = atomic()
    left: i64 = guarded_by("gate", 2)
    inside: i64 = atomic()


box = Box()


def job(arg: int) -> None:
    assert box.inside == 0, "two requests of a queue that may have one"
    box.inside = 1
    if HIGH == 1:
        spin_while(box.go == 0)
    with gate:
        while box.go == 0:
            cv_wait(turns, gate)
        box.left -= 1
        cv_broadcast(turns)
    box.inside = 0


def go(arg: int) -> None:
    with gate:
        box.go = 1
        cv_broadcast(turns)


jobs = Workqueue("jobs", job, max_active=1)
others = Workqueue("others", go, priority=PRI_KTHREAD + HIGH)


@thread(cpu=0)
def user() -> None:
    kpreempt_disable()
    workqueue_enqueue(jobs, first, 0)
    workqueue_enqueue(jobs, second, 0)
    workqueue_enqueue(others, urgent, 0)
    kpreempt_enable()
    with gate:
        while box.left != 0:
            cv_wait(turns, gate)
