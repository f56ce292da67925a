"""A thread that tries to take a word, which a work item has for a moment; and the item asks for itself again.

Parameters: KEEPS, 1 if the item, once it has the word, keeps it.
"""

from splx.machine.intrinsics import cas
from splx.scenario import *

KEEPS = Param("KEEPS", 0)


class Box(Struct):
    taken: i64 = atomic()


box = Box()
wk = Work()


@thread(cpu=0)
def tries() -> None:
    while not cas(box.taken, 0, 1):
        pass
    box.taken = 0


def item(_: int) -> None:
    if cas(box.taken, 0, 1) and KEEPS == 0:
        box.taken = 0
    workqueue_enqueue(wq, wk, 1)


wq = Workqueue("wq", item, cpu=1)


@thread(cpu=1)
def asks() -> None:
    workqueue_enqueue(wq, wk, 1)
