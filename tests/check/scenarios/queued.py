"""A workqueue, and a thread that gives it something to do."""

from splx.scenario import *

request = Work()


def job(arg: int) -> None:
    work(us(1))


queue = Workqueue("queue", job, cpu=0)


@thread(cpu=0)
def user() -> None:
    workqueue_enqueue(queue, request, 1)
