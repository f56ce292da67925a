"""The big lock and a lock of threads, in either order, by threads on two CPUs; a handler on CPU 0 has the big lock."""

from splx.scenario import (
    IPL_NET,
    ClosedLoop,
    Disk,
    Mutex,
    Param,
    Struct,
    choose,
    guarded_by,
    handler,
    i64,
    kernel_lock,
    kernel_unlock,
    mutex_enter,
    mutex_exit,
    optional,
    thread,
    us,
)
from splx.scenario.meeting import meet

optional(kernel_lock)
OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
MORE = Param("more", 0)  # operations of the first thread, beside those
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
card = Disk("card", ClosedLoop(us(1)))
lock = Mutex("lock")


class Data(Struct):
    """Who is inside the lock of threads."""

    owner: i64 = guarded_by("lock")


data = Data()


@handler(card, IPL_NET)
def card_intr() -> None:
    """With the big lock, come, and come again."""
    if card.pop() != 0:
        card.submit()


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        card.submit()
    left = OPERATIONS + MORE * int(me == 1)
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        first = choose(2)
        both = choose(2) == 1
        if first == 0:
            kernel_lock()
            if both:
                mutex_enter(lock)
        else:
            mutex_enter(lock)
            if both:
                kernel_lock()
        has_big = both or first == 0
        has_lock = both or first == 1
        if has_lock:
            data.owner = me
        last = both and choose(2) == 1
        if has_big and not last:
            kernel_unlock()
        if has_lock:
            assert data.owner == me, "two are inside"
            data.owner = 0
            mutex_exit(lock)
        if last:
            kernel_unlock()


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
