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
    Napi,
    Never,
    Param,
    handler,
    hardclock,
    napi_complete,
    napi_schedule,
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
POLLS = Param("polls", 0)  # 1: a card that is polled, for designs that have a way of their own to do that


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


if POLLS:
    napi = NIC("napi", Never(), ring=2, trigger=EDGE)

    def napi_poll(budget: int) -> int:
        """Take what there is, and let the card interrupt again."""
        taken = 0
        while taken < budget and napi.pop() != 0:
            taken += 1
        if taken < budget and napi_complete(polled):
            napi.enable()
        return taken

    polled = Napi(napi_poll, name="polled", finishes=napi)

    @handler(napi, IPL_NET, mpsafe=True, defer=True)
    def napi_intr() -> None:
        """Quiet the card, and have it polled."""
        napi.disable()
        napi_schedule(polled)


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
