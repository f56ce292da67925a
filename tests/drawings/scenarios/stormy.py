"""A card that nobody quiets, a clock, and a thread that they interrupt."""

from splx.scenario import *

card = NIC("card", Never(), trigger=LEVEL)
clock = Clock("clock", Never())


@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    pass


@thread(cpu=0)
def busy() -> None:
    while True:
        work(us(1))
