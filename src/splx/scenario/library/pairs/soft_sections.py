"""A thread has long soft work done for it, by a worse thread; a card's thread does its own, which is short."""

from splx.scenario import *

card = NIC("card", Periodic(us(200), offset=us(30)))


@softint(IPL_SOFTNET, mpsafe=True)
def long() -> None:
    work(us(100))


@softint(IPL_SOFTSERIAL, mpsafe=True, finishes=card)
def short() -> None:
    work(us(1))


@handler(card, IPL_AUDIO, mpsafe=True, defer=True)
def card_intr() -> None:
    while card.pop() != 0:
        pass
    softint_schedule(short)


@periodic(us(200), cpu=0, priority=PRI_USER_RT)
def asks() -> None:
    kpreempt_disable()
    softint_schedule(long)
    kpreempt_enable()
