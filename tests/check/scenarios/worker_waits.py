"""The function of a workqueue waits for what a later request of the same queue brings (1), nobody (2), or not (0)."""

from splx.scenario import *

WAITS = Param("WAITS", 1)


class Box(Struct):
    done: i64


box = Box()
lock = Mutex("lock")
finished = Condvar("finished")
first, second = Work(), Work()


def job(arg: int) -> None:
    if arg == 1 and WAITS == 1:
        workqueue_enqueue(queue, second, 2)
    mutex_enter(lock)
    while box.done == 0 and arg == 1 and WAITS != 0:
        cv_wait(finished, lock)
    box.done = 1
    cv_broadcast(finished)
    mutex_exit(lock)


queue = Workqueue("queue", job, cpu=0)


@thread(cpu=0)
def asks() -> None:
    workqueue_enqueue(queue, first, 1)
