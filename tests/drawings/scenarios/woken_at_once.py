"""Two CPUs that each wake a thread which may run anywhere, and two that are idle."""

from splx.scenario import *


class Bed(Struct):
    lock: Mutex
    cv: Condvar


first = Bed(lock=Mutex("first"), cv=Condvar("first"))
second = Bed(lock=Mutex("second"), cv=Condvar("second"))


@thread("a", arg=first)
@thread("b", arg=second)
def sleeper(bed: Bed) -> None:
    mutex_enter(bed.lock)
    cv_wait(bed.cv, bed.lock)
    mutex_exit(bed.lock)


@thread("wakes_a", cpu=0, arg=first)
@thread("wakes_b", cpu=1, arg=second)
def waker(bed: Bed) -> None:
    mutex_enter(bed.lock)
    cv_signal(bed.cv)
    mutex_exit(bed.lock)
