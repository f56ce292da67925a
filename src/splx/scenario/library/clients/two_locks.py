"""The big lock and a lock of threads, in either order, by threads on two CPUs."""

from splx.scenario import (
    Mutex,
    Param,
    Struct,
    choose,
    guarded_by,
    i64,
    kernel_lock,
    kernel_unlock,
    mutex_enter,
    mutex_exit,
    thread,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
MORE = Param("more", 0)  # operations of the first thread, beside those
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
lock = Mutex("lock")


class Data(Struct):
    """Who is inside the lock of threads."""

    owner: i64 = guarded_by("lock")


data = Data()


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    left = OPERATIONS + MORE * int(me == 1)
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        first = choose(2)
        if first == 0:
            kernel_lock()
            if choose(2) == 1:
                mutex_enter(lock)
                mutex_exit(lock)
            kernel_unlock()
        else:
            mutex_enter(lock)
            data.owner = me
            what = choose(3)
            if what != 0:
                kernel_lock()
            if what == 1:
                kernel_unlock()
            assert data.owner == me, "two are inside"
            mutex_exit(lock)
            if what == 2:
                kernel_unlock()


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
