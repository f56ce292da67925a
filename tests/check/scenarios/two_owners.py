"""A thread that waits for a lock of one thread, and then for that of another."""

from splx.scenario import *


class Box(Struct):
    calls: i64 = guarded_by("gate")


box = Box()
gate = Mutex("gate")
called = Condvar("called")
first = Mutex("first")
second = Mutex("second")


def call() -> None:
    with gate:
        box.calls += 1
        cv_signal(called)


def wait(calls: int) -> None:
    with gate:
        while box.calls < calls:
            cv_wait(called, gate)


@thread(priority=PRI_USER, cpu=0)
def one() -> None:
    with first:
        call()


@thread(priority=PRI_USER, cpu=0)
def two() -> None:
    with second:
        call()


@thread(priority=PRI_USER_RT, cpu=0)
def better() -> None:
    wait(1)
    with first:
        pass
    wait(2)
    with second:
        pass
