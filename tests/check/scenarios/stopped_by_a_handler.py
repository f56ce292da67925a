"""A tasklet that a thread schedules, and that a handler on the same CPU disables for a moment."""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), limit=1, trigger=EDGE)


@tasklet()
def rx() -> None:
    pass


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    tasklet_disable_nosync(rx)
    tasklet_enable(rx)


@thread(cpu=0)
def user() -> None:
    tasklet_schedule(rx)
