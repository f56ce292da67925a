"""A callout that is stopped when it is due, and scheduled again, by a thread on another CPU that has the big lock.

Its function wants the big lock as well, and so may wait for it when the callout is stopped: it is called once, not for
that time but for the other.
"""

from splx.lang.kernel import spin_while
from splx.scenario import (
    IPL_CLOCK,
    Callout,
    OneShot,
    Struct,
    atomic,
    callout_schedule,
    callout_stop,
    handler,
    hardclock,
    i64,
    kernel_lock,
    kernel_unlock,
    thread,
    us,
)
from splx.scenario.meeting import meet

clock = OneShot("clock", cpu=0)


class Data(Struct):
    """How often the function was called, and how many ticks there were."""

    called: i64 = atomic()
    ticks: i64 = atomic()


data = Data()


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    """A tick."""
    clock.ack()
    hardclock()
    data.ticks += 1


def late() -> None:
    """The function."""
    assert data.called == 0, "a callout is called that was stopped, or twice"
    data.called = 1


timer = Callout(late, name="timer")


@thread("idle0", cpu=0)
def idle0() -> None:
    """CPU 0 has started."""
    meet(2)


@thread("user", cpu=1)
def user() -> None:
    """Stop it when it is due, and have it called after all."""
    meet(2)
    kernel_lock()
    callout_schedule(timer, 1)
    clock.arm(us(1))
    spin_while(data.ticks == 0)
    callout_stop(timer)
    callout_schedule(timer, 1)
    kernel_unlock()
    clock.arm(us(1))
    spin_while(data.called == 0)
