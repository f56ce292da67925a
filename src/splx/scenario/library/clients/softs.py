"""Two soft interrupts of one level: the handler of a card on CPU 0 schedules both, and so does a thread there.

Whoever schedules one says so in a word of its own, which it clears when it runs; the thread waits for both, so the one
that stands behind the other is not lost, nor is one that is scheduled while the other runs.
"""

from splx.lang.kernel import spin_while
from splx.scenario import (
    IPL_NET,
    IPL_SOFTNET,
    Array,
    ClosedLoop,
    Disk,
    Param,
    Struct,
    array,
    atomic,
    choose,
    handler,
    i64,
    optional,
    softint,
    softint_schedule,
    splraise,
    splx,
    thread,
    us,
)

optional(splraise)
OPERATIONS = Param("operations", 0)  # by the thread; 0 any number
card = Disk("card", ClosedLoop(us(1)))


class Request(Struct):
    """Of each: whether it has something to do, and whether it runs. CPU 0 alone."""

    asked: Array[i64] = array(2, atomic())
    runs: Array[i64] = array(2, atomic())


request = Request()


def serve(n: int) -> None:
    """What both do."""
    assert request.runs[n] == 0, "a soft interrupt runs twice at a time"
    request.runs[n] = 1
    request.asked[n] = 0
    request.runs[n] = 0


@softint(IPL_SOFTNET, mpsafe=True)
def one() -> None:
    """The first."""
    serve(0)


@softint(IPL_SOFTNET, mpsafe=True)
def two() -> None:
    """The second."""
    serve(1)


def ask(first: int) -> None:
    """Schedule both, either first."""
    request.asked[0] = 1
    request.asked[1] = 1
    if first == 0:
        softint_schedule(one)
    softint_schedule(two)
    if first != 0:
        softint_schedule(one)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Leave the rest to them."""
    if card.pop() != 0:
        card.submit()
        ask(choose(2))


@thread("user", cpu=0)
def user() -> None:
    """Ask, for ever."""
    card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        s = splraise(IPL_SOFTNET)
        ask(choose(2))
        splx(s)
        spin_while(request.asked[0] != 0 or request.asked[1] != 0)
