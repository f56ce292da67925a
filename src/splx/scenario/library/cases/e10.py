"""E10: requests of a workqueue that wait for one behind them.

With one thread for the workqueue (linux:workqueue=thread, and most kernels) what is behind never comes to run. With
worker pools (linux as it is) another worker runs as soon as one sleeps; and when all workers sleep, and none can be
made, the thread of the workqueue itself, its rescuer. The knob: BEFORE=1 or 2 requests that wait, of two workers; a
pool that asks no rescuer is mutant e10.

Source: Linux kernel/workqueue.c, send_mayday and rescuer_thread; WQ_MEM_RECLAIM.
"""

from splx.scenario import *

BEFORE = Param("BEFORE", 2)
lock = Mutex("lock")
done = Condvar("done")
first, second, last = Work(), Work(), Work()


class Box(Struct):
    done: i64


box = Box()


def job(arg: int) -> None:
    with lock:
        if arg == 1:
            while box.done == 0:
                cv_wait(done, lock)
        else:
            box.done = 1
            cv_broadcast(done)


queue = Workqueue("queue", job)


@thread(cpu=0)
def user() -> None:
    workqueue_enqueue(queue, first, 1)
    if BEFORE == 2:
        workqueue_enqueue(queue, second, 1)
    workqueue_enqueue(queue, last, 0)
    with lock:
        while box.done == 0:
            cv_wait(done, lock)
