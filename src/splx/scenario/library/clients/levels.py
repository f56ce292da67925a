"""Levels alone: splraise and splx, nested and not, beside handlers of two lines on CPU 0.

What a level keeps out stays out: a thread and the handlers of its CPU use the same word, at the level of the line.
Back at IPL_NONE everything that was held has to come: an item that waits for ever is found by itself.
"""

from splx.lang.kernel import spin_while
from splx.scenario import (
    IPL_CLOCK,
    IPL_NET,
    ClosedLoop,
    Disk,
    OneShot,
    Param,
    PerCpu,
    atomic,
    choose,
    handler,
    i64,
    optional,
    splraise,
    splx,
    thread,
    us,
)
from splx.scenario.meeting import meet

optional(splraise)
OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
OTHERS = Param("others", 1)  # threads on CPU 1, which has no lines
WAITS = Param("waits", 0)  # 1: a thread also waits for a handler
card = Disk("card", ClosedLoop(us(1)))
clock = OneShot("clock")


class Own(PerCpu):
    """A word for each level, of each CPU: who is using it. And whether `card` has come."""

    net: i64 = atomic()
    clock: i64 = atomic()
    heard: i64 = atomic()


own = Own()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Use the word of IPL_NET."""
    if card.pop() != 0:
        card.submit()
        assert own.net == 0, "IPL_NET did not keep card out"
        own.net = 2
        own.net = 0
        if WAITS == 1:
            own.heard = 1


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    """Use the word of IPL_CLOCK."""
    clock.ack()
    clock.arm(us(1))
    assert own.clock == 0, "IPL_CLOCK did not keep clock out"
    own.clock = 2
    own.clock = 0


def user() -> None:
    """Choose, for ever."""
    meet(1 + OTHERS)
    card.submit()
    clock.arm(us(1))
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        what = choose(2 + WAITS)
        if what == 0:
            s = splraise(IPL_NET)
            own.net = 1
            if choose(2) == 1:
                at_clock()
            assert own.net == 1, "IPL_NET did not keep card out"
            own.net = 0
            splx(s)
        elif what == 1:
            at_clock()
        else:
            hear()


def hear() -> None:
    """Wait for `card`: no later change of the level lets it in, if the last one has not."""
    own.heard = 0
    spin_while(own.heard == 0)


def at_clock() -> None:
    """Use the word of IPL_CLOCK, and raise to a level that is lower meanwhile, which changes nothing."""
    s = splraise(IPL_CLOCK)
    own.clock = 1
    splx(splraise(IPL_NET))
    assert own.clock == 1, "IPL_CLOCK did not keep clock out"
    own.clock = 0
    splx(s)


def other() -> None:
    """A CPU without lines of its own."""
    meet(2)
    while True:
        splx(splraise(IPL_NET))


thread("user", cpu=0)(user)
if OTHERS:
    thread("other", cpu=1)(other)
