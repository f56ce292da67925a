"""A callout: scheduled, stopped and halted by a thread, beside the clocks of its CPU and of another one.

Its function may schedule it again. When it has been halted it does not run, and nobody is left to have it run.
"""

from splx.lang.kernel import NULL
from splx.scenario import (
    IPL_CLOCK,
    Callout,
    OneShot,
    Param,
    Struct,
    atomic,
    callout_halt,
    callout_schedule,
    callout_stop,
    choose,
    handler,
    hardclock,
    i64,
    thread,
    us,
)

OPERATIONS = Param("operations", 0)  # 0 any number
WHERE = Param("where", 1)  # the CPU of the thread
BOTH = Param("both", 0)  # 1: CPU 1 has a clock of its own, so that the callout moves there
clock = OneShot("clock", cpu=0)
clock1 = OneShot("clock1", cpu=1) if BOTH else clock


class Data(Struct):
    """Whether the function runs."""

    running: i64 = atomic()


data = Data()


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    """A tick of CPU 0."""
    clock.ack()
    clock.arm(us(1))
    hardclock()


def clock1_intr() -> None:
    """A tick of CPU 1."""
    clock1.ack()
    clock1.arm(us(1))
    hardclock()


if BOTH:
    handler(clock1, IPL_CLOCK, mpsafe=True)(clock1_intr)


def late() -> None:
    """The function."""
    data.running = 1
    if choose(2) == 1:
        callout_schedule(timer, 1)
    data.running = 0


timer = Callout(late, name="timer", mpsafe=True)


def user() -> None:
    """Choose, for ever."""
    clock.arm(us(1))
    if BOTH == 1:
        clock1.arm(us(1))
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        what = choose(3)
        if what == 0:
            callout_schedule(timer, 1)
        elif what == 1:
            callout_stop(timer)
        else:
            callout_halt(timer, NULL)
            assert data.running == 0, "a callout runs that was halted"


thread("user", cpu=WHERE)(user)
