"""A condition variable: threads take what is there, or wait for it, or give; and a handler of CPU 0 gives, too.

A thread waits only while another one can still give, or, if it is the only one, the card: that is for the client to
see to, not for the kernel. So a sleep that nobody can end is a lost wakeup. Of three threads two can wait at a time;
the first that is through wakes all then, and nobody else does, nor the card. A thread that is woken goes on
where it is bound.
"""

from splx.lang.kernel import inline
from splx.scenario import (
    IPL_NET,
    ClosedLoop,
    Condvar,
    Disk,
    Mutex,
    Param,
    Struct,
    choose,
    cpu_number,
    cv_broadcast,
    cv_signal,
    cv_wait,
    guarded_by,
    handler,
    i64,
    mutex_enter,
    mutex_exit,
    thread,
    us,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 1)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
APART = Param("apart", 1)  # 1: a thread on each CPU. 0: all on CPU 1
card = Disk("card", ClosedLoop(us(1)))
lock = Mutex("lock", IPL_NET)
given = Condvar("given")
LAST = int(THREADS > 1)  # so few are awake when none of the others could give


class Data(Struct):
    """What is there to take, and who can still give."""

    items: i64 = guarded_by("lock")
    awake: i64 = guarded_by("lock")


data = Data(awake=THREADS)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Give."""
    if card.pop() != 0:
        card.submit()
        mutex_enter(lock)
        if THREADS < 3 or data.awake > 0:
            data.items = 1
            cv_signal(given)
        mutex_exit(lock)


def take() -> None:
    """Take what is there, or wait for it, unless nobody is left who could give."""
    while data.items == 0 and data.awake > LAST:
        data.awake -= 1
        cv_wait(given, lock)
        data.awake += 1
    data.items = 0


@inline
def through() -> None:
    """Nothing comes of this thread any more."""
    if THREADS < 3:
        data.awake -= 1
        cv_broadcast(given)
    elif data.awake > 0:
        data.awake = -THREADS
        cv_broadcast(given)


def user(me: int) -> None:
    """Choose, for ever, or until nothing comes of this thread any more."""
    if APART == 1 and me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        mutex_enter(lock)
        if choose(2) == 0:
            take()
        else:
            data.items = 1
            cv_signal(given)
        assert cpu_number() == ((me - 1) % CPUS if APART == 1 else 1), "a bound thread has left its CPU"
        if OPERATIONS > 0 and left == 0:
            through()
        mutex_exit(lock)


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS if APART else 1, arg=n + 1)(user)
