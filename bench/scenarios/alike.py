"""CPUs that are alike: on each a thread that takes one lock once. `SPINS` 1: a lock that spins."""

from splx.scenario import *

CPUS = Param("CPUS", 2)
SPINS = Param("SPINS", 1)


class Inside(Struct):
    """What the lock is for."""

    count: i64 = atomic()


inside = Inside()
lock = Mutex("lock", IPL_NET) if SPINS else Mutex("lock")


def user() -> None:
    with lock:
        inside.count += 1
        inside.count -= 1


for number in range(CPUS):
    thread(f"user/{number}", cpu=number)(user)
