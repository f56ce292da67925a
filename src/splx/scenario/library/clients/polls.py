"""A card on CPU 0 that is polled: its handler quiets it and has it polled, and threads ask for a poll as well.

Whoever asks says so in a word, which the poll clears; the thread waits for that, so no request is lost. A poll takes
one item at most, and the next one is due at once if it took one.
"""

from splx.lang.kernel import spin_while
from splx.scenario import (
    IPL_NET,
    ClosedLoop,
    Disk,
    Param,
    Struct,
    atomic,
    handler,
    i64,
    napi_complete,
    napi_schedule,
    poll,
    thread,
    us,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
card = Disk("card", ClosedLoop(us(1)))


class Request(Struct):
    """Whether somebody waits for a poll, and whether one is under way."""

    asked: i64 = atomic()
    polled: i64 = atomic()


request = Request()


@handler(card, IPL_NET, mpsafe=True, defer=True)
def card_intr() -> None:
    """Leave it to the poll."""
    card.disable()
    napi_schedule(card_poll)


@poll(weight=1, finishes=card)
def card_poll(budget: int) -> int:
    """Take an item, or let the card interrupt again."""
    assert request.polled == 0, "two polls at once"
    request.polled = 1
    request.asked = 0
    found = int(card.pop() != 0)
    request.polled = 0
    if found != 0:
        card.submit()
    elif napi_complete(card_poll):
        card.enable()
    return found


def user(me: int) -> None:
    """Ask, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        request.asked = 1
        napi_schedule(card_poll)
        spin_while(request.asked != 0)


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
