"""What an assertion reads is written by a handler, before the assertion comes in a run, but not in a search."""

from splx.scenario import *

card = NIC("card", Periodic(us(1)), limit=1)


class Box(Struct):
    full: i64 = atomic()


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def fills() -> None:
    card.pop()
    box.full = 1


@thread(cpu=0)
def looks() -> None:
    work(us(50))
    assert box.full == 1, "it is empty"
