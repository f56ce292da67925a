"""A card that interrupts again as soon as its handler has run, over a thread that counts its laps."""

from splx.scenario import *

laps = Statistic("laps")
card = NIC("card", Periodic(us(1)), ring=1, trigger=LEVEL)
clock = Clock("clock", Periodic(us(100)))


@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    work(us(2))


@thread(cpu=0)
def user() -> None:
    while True:
        work(us(10))
        count(laps, 1)
