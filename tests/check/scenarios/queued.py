"""A workqueue, and a thread that gives it two things to do and waits for them."""

from splx.machine.intrinsics import fetch_add
from splx.scenario import *


class Box(Struct):
    done: i64 = atomic()


box = Box()
first, second = Work(), Work()


def job(arg: int) -> None:
    fetch_add(box.done, arg)


queue = Workqueue("queue", job, cpu=0)


@thread(cpu=0)
def user() -> None:
    workqueue_enqueue(queue, first, 1)
    workqueue_enqueue(queue, second, 1)
    while box.done < 2:
        yield_()
