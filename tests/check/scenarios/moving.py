"""A card whose handler takes longer than it takes the card to say more, and a thread that sends its line to and fro."""

from splx.scenario import *

card = NIC("card", Periodic(us(3)), trigger=EDGE)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    while card.pop() != 0:
        work(us(2))


@thread(cpu=1, priority=PRI_USER_RT)
def balancer() -> None:
    for n in range(100):
        work(us(2))
        interrupt_distribute(card, n & 1)
