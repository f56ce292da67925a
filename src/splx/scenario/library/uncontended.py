"""One thread in user mode, and devices that interrupt it, one at a time: what each design's interrupt costs.

splx designs --matrix
"""

from splx.scenario import (
    EDGE,
    IPL_CLOCK,
    IPL_NET,
    IPL_SERIAL,
    IPL_SOFTNET,
    NIC,
    Clock,
    Constant,
    Never,
    Param,
    handler,
    hardclock,
    softint,
    softint_schedule,
    thread,
    us,
    user_work,
)

line = NIC("line", Never(), ring=2)
edge = NIC("edge", Never(), ring=2, trigger=EDGE)
high = NIC("high", Never(), ring=2)
soft = NIC("soft", Never(), ring=2)

THINK = Constant(us(1))
TICKS = Param("ticks", 0)  # 1: a clock that never comes, for designs that want one


@handler(line, IPL_NET)
def line_intr() -> None:
    """Take the item."""
    line.pop()


@handler(edge, IPL_NET, mpsafe=True)
def edge_intr() -> None:
    """Take the item."""
    edge.pop()


@handler(high, IPL_SERIAL, mpsafe=True)
def high_intr() -> None:
    """Take the item."""
    high.pop()


@softint(IPL_SOFTNET, mpsafe=True)
def later() -> None:
    """What is left to a soft interrupt: nothing."""


@handler(soft, IPL_NET)
def soft_intr() -> None:
    """Take the item, and leave the rest to a soft interrupt."""
    soft.pop()
    softint_schedule(later)


if TICKS:
    tick = Clock("tick", Never())

    @handler(tick, IPL_CLOCK, mpsafe=True)
    def tick_intr() -> None:
        """One tick."""
        hardclock()


@thread("user")
def user() -> None:
    """Compute for ever."""
    while True:
        user_work(THINK)
