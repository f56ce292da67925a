"""Sleeps that end by themselves: one thread waits for what another gives, until the next tick at the most; and a third
waits for it without an end.

Whoever is told in time that it was given passes it on, so a signal that is lost with somebody who was late leaves the
third asleep. Who is told that it was late has seen a tick; and so has, with `pauses`, who waits for that alone.
"""

from splx.scenario import (
    EWOULDBLOCK,
    IPL_CLOCK,
    Condvar,
    Mutex,
    OneShot,
    Param,
    Struct,
    atomic,
    cv_signal,
    cv_timedwait,
    cv_wait,
    guarded_by,
    handler,
    hardclock,
    i64,
    kpause,
    mutex_enter,
    mutex_exit,
    thread,
    us,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 1)  # by the thread that waits in time; 0 any number
WHERE = Param("where", 1)  # the CPU of that thread; the others are on CPU 0, with the clock
OTHERS = Param("others", 2)  # 1: nobody waits without an end; 0: nor gives anybody
PAUSES = Param("pauses", 0)  # 1: the first waits for time alone
CPUS = 2 if WHERE and OTHERS else 1  # on each of which one thread starts
clock = OneShot("clock", cpu=0)
lock = Mutex("lock")
given = Condvar("given")


class Data(Struct):
    """Whether it was given."""

    given: i64 = guarded_by("lock")


class Tick(Struct):
    """Whether there was one since somebody looked, and whether one is under way."""

    came: i64 = atomic()
    comes: i64 = atomic()


data = Data()
tick = Tick()


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    """A tick."""
    clock.ack()
    clock.arm(us(1))
    tick.comes = 1
    hardclock()
    tick.came = 1
    tick.comes = 0


def was_there() -> bool:
    """Whether a tick may have ended a sleep that began after `came` was cleared."""
    return tick.came == 1 or tick.comes == 1


def pause() -> None:
    """Wait for time."""
    tick.came = 0
    kpause(1)
    assert was_there(), "a thread that waits for a tick has not seen one"


def wait() -> None:
    """Wait in time."""
    mutex_enter(lock)
    tick.came = 0
    if data.given == 0:
        late = cv_timedwait(given, lock, 1)
        if late == 0:
            assert data.given == 1, "woken, and nobody has given"
            cv_signal(given)
        else:
            assert late == EWOULDBLOCK, "neither woken nor late"
            assert was_there(), "late before the time was over"
    mutex_exit(lock)


@thread("hasty", cpu=WHERE)
def hasty() -> None:
    """Wait, so often."""
    meet(CPUS)
    clock.arm(us(1))
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        if PAUSES == 1:
            pause()
        else:
            wait()


if OTHERS > 1:

    @thread("patient", cpu=0)
    def patient() -> None:
        """Wait without an end."""
        mutex_enter(lock)
        while data.given == 0:
            cv_wait(given, lock)
        cv_signal(given)
        mutex_exit(lock)


if OTHERS > 0:

    @thread("giver", cpu=0)
    def giver() -> None:
        """Give, once."""
        if WHERE > 0:
            meet(2)
        mutex_enter(lock)
        data.given = 1
        cv_signal(given)
        mutex_exit(lock)
