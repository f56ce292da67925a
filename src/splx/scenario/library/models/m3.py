"""M3 over a kernel: threads that take an adaptive mutex and give way in it. The first two share a CPU.

With LOCKS=2 the second of them takes no lock, and there is a round less to tell apart.
"""

from splx.scenario import *

LOCKS = Param("LOCKS", 3)


class Inside(Struct):
    count: i64 = atomic()


inside = Inside()
lock = Mutex("lock")


def section() -> None:
    with lock:
        inside.count += 1
        assert inside.count == 1, "two in the critical section"
        yield_()
        inside.count -= 1


@thread(cpu=0)
def a() -> None:
    section()


@thread(cpu=0)
def b() -> None:
    if LOCKS == 3:
        section()


@thread(cpu=1)
def c() -> None:
    with lock:
        inside.count += 1
        assert inside.count == 1, "two in the critical section"
        inside.count -= 1
