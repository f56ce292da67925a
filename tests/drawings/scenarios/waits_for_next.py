"""Two requests to a workqueue: the first waits for what the second does."""

from splx.scenario import *

m = Mutex("m")
done = Condvar("done")
first, second = Work(), Work()


class Box(Struct):
    done: i64


box = Box()


def job(arg: int) -> None:
    if arg == 1:
        waits()
    else:
        wakes()


def waits() -> None:
    with m:
        while box.done == 0:
            cv_wait(done, m)


def wakes() -> None:
    with m:
        box.done = 1
        cv_signal(done)


queue = Workqueue("queue", job)


@thread(cpu=0, priority=PRI_USER_RT)
def user() -> None:
    workqueue_enqueue(queue, first, 1)
    workqueue_enqueue(queue, second, 2)
