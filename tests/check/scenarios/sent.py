"""A card whose handler sends a call to the other CPU, where a thread asks for one of its own. Nothing ticks: a clock is
declared, and says nothing.
"""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), trigger=EDGE, limit=1)
clock = Clock("clock", Never())


@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()


@softint(IPL_SOFTSERIAL, mpsafe=True)
def urgent() -> None:
    card.pop()


@softint(IPL_SOFTNET, mpsafe=True)
def local() -> None:
    pass


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    softint_schedule_cpu(urgent, 1)


@thread(cpu=1)
def caller() -> None:
    softint_schedule(local)
