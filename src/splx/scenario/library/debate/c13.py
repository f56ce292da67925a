"""Packets: a handler that does nothing but leave them to a soft interrupt, or one that does it all.

Another CPU has such a thread and no card: what its rounds cost there is none of the packets'.

Parameters: rate, packets a second; where, `handler` or `softint`; at, the level of the handler.
"""

from splx.scenario import *

RATE = Param("rate", 10_000)
AT = {"NET": IPL_NET, "SERIAL": IPL_SERIAL}[Param("at", "NET")]
SOFT = ("handler", "softint").index(Param("where", "softint"))

nic = NIC("wm0", Poisson(rate=RATE), cpu=0, ring=64)
table = Mutex("table", IPL_SOFTNET if SOFT else AT)
other_table = Mutex("other_table", IPL_SOFTNET if SOFT else AT)
rounds = Statistic("rounds")
undisturbed = Statistic("undisturbed")
PARSING = Exponential(us(3))
LOOKUP = Exponential(us(1))
ROUND = Constant(us(20))


def take() -> None:
    """All packets of the card's ring: parse them, and note them in the table."""
    item = nic.pop()
    while item != 0:
        nic.work(item, PARSING)
        with table:
            work(ns(300))
        nic.done(item)
        item = nic.pop()


@softint(IPL_SOFTNET, mpsafe=True)
def ip_input() -> None:
    """Do it, and let the card interrupt again."""
    take()
    nic.enable()


@handler(nic, AT, mpsafe=True, defer=True)
def nic_intr() -> None:
    """Do it, or quiet the card and leave it."""
    if SOFT != 0:
        nic.disable()
        softint_schedule(ip_input)
    else:
        take()


@thread("user", cpu=0)
def user() -> None:
    """Look into the table, and compute, for ever."""
    while True:
        with table:
            work(LOOKUP)
        user_work(ROUND)
        count(rounds, 1)


@thread("other", cpu=1)
def other() -> None:
    """The same with a table of its own, where nobody interrupts."""
    while True:
        with other_table:
            work(LOOKUP)
        user_work(ROUND)
        count(undisturbed, 1)
