"""Two threads sleep on a lock whose owner releases it, and takes it again before the one that was woken."""

from splx.scenario import *

m = Mutex("m")
gate = Mutex("gate")
opened = Condvar("opened")


class Box(Struct):
    is_open: i64 = guarded_by("gate")


box = Box()


@thread(cpu=0, priority=PRI_USER_RT)
def owner() -> None:
    with m, gate:
        while box.is_open == 0:
            cv_wait(opened, gate)
    with m:
        pass


@thread(cpu=0, priority=PRI_KERNEL + 1)
def near() -> None:
    with m:
        pass


@thread(cpu=0, priority=PRI_KERNEL + 1)
def other() -> None:
    with m:
        pass


@thread(cpu=0, priority=PRI_KERNEL)
def opener() -> None:
    with gate:
        box.is_open = 1
        cv_signal(opened)
