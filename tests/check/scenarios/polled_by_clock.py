"""A handler that waits for a lock of the thread it has interrupted, and a clock that ticks meanwhile."""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), trigger=EDGE, limit=1)
clock = Clock("clock", Poisson(ms(1)), trigger=EDGE, limit=1)
m = Mutex("m", IPL_NET)


class Box(Struct):
    inside: i64


box = Box()


@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    assert box.inside == 0
    box.inside = 1
    with m:
        card.pop()
    box.inside = 0


@thread(cpu=0)
def holder() -> None:
    with m:
        pass
