"""A card whose handler asks for a call that may wait, and then for one that may not; and a clock that ticks once."""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), limit=1)
clock = Clock("clock", Periodic(ms(1)), limit=1)


class Box(Struct):
    urgent: i64


box = Box()


@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()


@softint(IPL_SOFTCLOCK, mpsafe=True)
def may_wait() -> None:
    assert box.urgent == 1


@softint(IPL_SOFTSERIAL, mpsafe=True)
def may_not() -> None:
    box.urgent = 1


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    softint_schedule(may_wait)
    softint_schedule(may_not)
