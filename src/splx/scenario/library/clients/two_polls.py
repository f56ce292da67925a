"""Two poll routines on one CPU: the handler of a card that is polled asks for both, and so does a thread.

Whoever asks says so in a word of each, which it clears; the thread waits for both, so the one that stands behind the
other is not lost. The one of the card takes one item at most, and is due again at once if it took one.
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
    napi_complete,
    napi_schedule,
    optional,
    poll,
    splraise,
    splx,
    thread,
    us,
)

optional(splraise)
OPERATIONS = Param("operations", 0)  # by the thread; 0 any number
card = Disk("card", ClosedLoop(us(1)))


class Request(Struct):
    """Whether somebody waits for a poll, of each."""

    asked: Array[i64] = array(2, atomic())


request = Request()


@handler(card, IPL_NET, mpsafe=True, defer=True)
def card_intr() -> None:
    """Leave it to the poll, and ask for the other one."""
    card.disable()
    if choose(2) == 0:
        napi_schedule(other_poll)
        napi_schedule(card_poll)
    else:
        napi_schedule(card_poll)
        napi_schedule(other_poll)


@poll(weight=1, finishes=card)
def card_poll(budget: int) -> int:
    """Take an item, or let the card interrupt again."""
    request.asked[0] = 0
    found = int(card.pop() != 0)
    if found != 0:
        card.submit()
    elif napi_complete(card_poll):
        card.enable()
    return found


@poll(weight=1)
def other_poll(budget: int) -> int:
    """Find nothing."""
    request.asked[1] = 0
    napi_complete(other_poll)
    return 0


@thread("user", cpu=0)
def user() -> None:
    """Ask, for ever."""
    card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        request.asked[0] = 1
        request.asked[1] = 1
        s = splraise(IPL_SOFTNET)
        if choose(2) == 0:
            napi_schedule(other_poll)
            napi_schedule(card_poll)
        else:
            napi_schedule(card_poll)
            napi_schedule(other_poll)
        splx(s)
        spin_while(request.asked[0] != 0 or request.asked[1] != 0)
