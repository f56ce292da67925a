"""A card that interrupts a thread which computes, at a steady rate; or, with `quiet`, never."""

from splx.scenario import IPL_NET, NIC, Constant, Never, Param, Periodic, handler, thread, us, user_work

QUIET = Param("quiet", 0)
LONG = Constant(us(100))

card = NIC("card", Never() if QUIET else Periodic(us(20)))


@handler(card, IPL_NET)
def card_intr() -> None:
    """Take the item."""
    card.pop()


@thread("user")
def user() -> None:
    """Compute for ever."""
    while True:
        user_work(LONG)
