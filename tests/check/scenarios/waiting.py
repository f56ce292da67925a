"""Somebody waits, or might have to, in some of five ways, in one of seven places."""

from splx.scenario import *

PLACE = Param(
    "PLACE", 0
)  # a thread: 0 as it is, 1 not preempted, 2 under a lock that spins, 6 at a level; 3 softint, 4 and 5 handler
WAYS = Param("WAYS", 31)  # 1 cv_wait, 2 a lock that sleeps, 4 the same if it is free, 8 an allocation, 16 yield


class Box(Struct):
    ready: i64


box = Box()
spins = Mutex("spins", IPL_CLOCK)
sleeps = Mutex("sleeps")
interlock = Mutex("interlock", IPL_CLOCK)
filled = Condvar("filled")
pool = Pool("pool", 1, IPL_CLOCK)
nic = NIC("nic", Poisson(ms(1)), limit=1)


def wait() -> None:
    if WAYS & 1 != 0:
        mutex_enter(interlock)
        while box.ready == 0:
            cv_wait(filled, interlock)
        mutex_exit(interlock)
    if WAYS & 2 != 0:
        mutex_enter(sleeps)
        mutex_exit(sleeps)
    if WAYS & 4 != 0 and mutex_tryenter(sleeps):
        mutex_exit(sleeps)
    if WAYS & 8 != 0:
        pool_put(pool, pool_get(pool, PR_WAITOK))
    if WAYS & 16 != 0:
        yield_()


@softint(IPL_SOFTNET, mpsafe=True)
def later() -> None:
    wait()


@handler(nic, IPL_VM if PLACE == 4 else IPL_CLOCK, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    if 4 <= PLACE <= 5:
        wait()


@thread(cpu=0)
def user() -> None:
    if PLACE == 0:
        wait()
    if PLACE == 1:
        kpreempt_disable()
        wait()
        kpreempt_enable()
    if PLACE == 2:
        mutex_enter(spins)
        wait()
        mutex_exit(spins)
    if PLACE == 3:
        s = splhigh()
        softint_schedule(later)
        splx(s)
    if PLACE == 6:
        s = splsoftnet()
        wait()
        splx(s)


@thread(cpu=0)
def filler() -> None:
    mutex_enter(interlock)
    box.ready = 1
    cv_broadcast(filled)
    mutex_exit(interlock)
