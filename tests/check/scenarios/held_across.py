"""A thread holds a lock while it waits for an interrupt whose handler takes that lock first; or it does not hold it."""

from splx.scenario import *

HELD = Param("HELD", 1)


class Box(Struct):
    done: i64


box = Box()
device = Mutex("device", IPL_BIO)
state = Mutex("state", IPL_BIO)
finished = Condvar("finished")
disk = Disk("disk", Poisson(ms(1)), limit=1)


@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    disk.pop()
    with device:
        pass
    with state:
        box.done = 1
        cv_signal(finished)


@thread(cpu=0)
def reads() -> None:
    if HELD == 1:
        mutex_enter(device)
    with state:
        while box.done == 0:
            cv_wait(finished, state)
    if HELD == 1:
        mutex_exit(device)
