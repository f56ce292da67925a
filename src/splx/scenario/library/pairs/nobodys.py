"""A line that interrupts on and on, and is nobody's, over a thread that counts its laps."""

from splx.scenario import *

laps = Statistic("laps")
card = NIC("card", Periodic(ms(1), offset=us(50)), limit=1)


@handler(card, IPL_NET)
def card_intr() -> None:
    intr_stray()
    work(us(1))


@thread(cpu=0)
def user() -> None:
    while True:
        work(us(100))
        count(laps, 1)
