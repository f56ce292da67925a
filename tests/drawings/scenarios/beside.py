"""Two requests to a workqueue that is no CPU's: the first computes until the second has been run."""

from splx.lang.kernel import spin_while
from splx.scenario import *

first, second = Work(), Work()


class Box(Struct):
    go: i64 = atomic()


box = Box()


def job(arg: int) -> None:
    if arg == 1:
        spin_while(box.go == 0)
    else:
        box.go = 1


queue = Workqueue("queue", job, unbound=True)


@thread(cpu=0, priority=PRI_USER_RT)
def user() -> None:
    workqueue_enqueue(queue, first, 1)
    workqueue_enqueue(queue, second, 2)
