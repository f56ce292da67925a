"""A tasklet that a card asks for on one CPU. A thread on another asks for it too, or stops it: it does not run then."""

from splx.scenario import *

ASKS = Param("ASKS", 0)
card = NIC("card", Poisson(ms(1)), limit=1, trigger=EDGE)


class Box(Struct):
    inside: i64 = atomic()


box = Box()


@tasklet()
def rx() -> None:
    assert box.inside == 0, "it runs twice"
    box.inside = 1
    box.inside = 0


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    tasklet_schedule(rx)


@thread(cpu=1)
def other() -> None:
    if ASKS == 1:
        tasklet_schedule(rx)
    else:
        tasklet_kill(rx)
