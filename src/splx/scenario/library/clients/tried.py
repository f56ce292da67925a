"""Locks that nobody else wants: who tries one has it, also when it was had and released before, on every CPU.

Each thread has one that a handler could take and one of threads, or, with `shared`, one for readers or a writer.
"""

from splx.scenario import (
    IPL_CLOCK,
    Mutex,
    Param,
    RWLock,
    choose,
    mutex_enter,
    mutex_exit,
    mutex_tryenter,
    rw_enter,
    rw_exit,
    rw_tryenter,
    thread,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)  # of a CPU each
SHARED = Param("shared", 0)  # 1: locks for readers or a writer

if SHARED:
    table0, table1 = RWLock("table0"), RWLock("table1")

    def take_table(table: RWLock) -> None:
        """Or try, either way."""
        op = choose(2)
        if choose(2) == 0:
            rw_enter(table, op)
        else:
            taken = rw_tryenter(table, op)
            assert taken, "a free lock was not to be had"
        rw_exit(table)

    def use(me: int) -> None:
        """The thread's own."""
        if me == 1:
            take_table(table0)
        else:
            take_table(table1)

else:
    high0, high1 = Mutex("high0", IPL_CLOCK), Mutex("high1", IPL_CLOCK)
    low0, low1 = Mutex("low0"), Mutex("low1")

    def take(lock: Mutex) -> None:
        """Or try."""
        if choose(2) == 0:
            mutex_enter(lock)
        else:
            taken = mutex_tryenter(lock)
            assert taken, "a free lock was not to be had"
        mutex_exit(lock)

    def use(me: int) -> None:
        """One of the thread's own."""
        high = choose(2) == 1
        if me == 1:
            if high:
                take(high0)
            else:
                take(low0)
        elif high:
            take(high1)
        else:
            take(low1)


def user(me: int) -> None:
    """Choose, for ever."""
    meet(min(THREADS, CPUS))
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        use(me)


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
