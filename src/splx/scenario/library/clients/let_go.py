"""The big lock, let go of by who sleeps or gives way: had once or twice before, and as often afterwards.

One thread waits with it for what another one gives, which needs the big lock for that. A card on CPU 0 has it, too.
"""

from splx.scenario import (
    IPL_NET,
    ClosedLoop,
    Condvar,
    Disk,
    Mutex,
    Param,
    Struct,
    choose,
    cv_signal,
    cv_wait,
    guarded_by,
    handler,
    i64,
    kernel_lock,
    kernel_unlock,
    mutex_enter,
    mutex_exit,
    thread,
    us,
    yield_,
)
from splx.scenario.meeting import meet

CPUS = Param("cpus", 2)
card = Disk("card", ClosedLoop(us(1)))
lock = Mutex("lock")
given = Condvar("given")


class Data(Struct):
    """Whether it was given."""

    given: i64 = guarded_by("lock")


class Big(Struct):
    """Who has the big lock: behind that."""

    owner: i64


data = Data()
big = Big()


@handler(card, IPL_NET)
def card_intr() -> None:
    """With the big lock, come, and come again."""
    if card.pop() != 0:
        card.submit()


def inside(me: int) -> None:
    """Be the only one."""
    big.owner = me
    assert big.owner == me, "two are inside"
    big.owner = 0


def wait() -> None:
    """For what is given."""
    mutex_enter(lock)
    while data.given == 0:
        cv_wait(given, lock)
    mutex_exit(lock)


def give() -> None:
    """Once."""
    mutex_enter(lock)
    data.given = 1
    cv_signal(given)
    mutex_exit(lock)


def user(me: int) -> None:
    """Do what there is to do with the big lock had once or twice, which may be to give way."""
    if me <= CPUS:
        meet(CPUS)
    if me == 1:
        card.submit()
    twice = choose(2) == 1
    kernel_lock()
    if twice:
        kernel_lock()
    if choose(2) == 1:
        yield_()
        inside(me)
    if me == 1:
        wait()
    else:
        give()
    inside(me)
    if twice:
        kernel_unlock()
        inside(me)
    kernel_unlock()


for n in range(2):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
