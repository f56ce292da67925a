"""All workers of a pool sleep for a lock whose owner waits for a request of another workqueue, behind theirs.

FIRST=1: one of them sleeps for something else first, so that the rescuer is at work already when it comes to the lock.
"""

from splx.scenario import *

FIRST = Param("FIRST", 0)
table = Mutex("table")
gate = Mutex("gate")
turns = Condvar("turns")
one, two, three, four, last = Work(), Work(), Work(), Work(), Work()


class Box(Struct):
    turn: i64 = guarded_by("gate")


box = Box()


def until(turn: int) -> None:
    with gate:
        while box.turn < turn:
            cv_wait(turns, gate)


def pass_on(turn: int) -> None:
    with gate:
        box.turn = turn
        cv_broadcast(turns)


def want(turn: int) -> None:
    if turn != 0:
        until(turn)
        pass_on(turn + 1)
    with table:
        pass


wants = Workqueue("wants", want)
ends = Workqueue("ends", pass_on)


@thread(cpu=0)
def user() -> None:
    with table:
        workqueue_enqueue(wants, one, 0)
        workqueue_enqueue(wants, two, FIRST)
        workqueue_enqueue(wants, three, 0)
        workqueue_enqueue(wants, four, 0)
        workqueue_enqueue(ends, last, 1)
        until(1 + FIRST)
