"""Sections at a raised level, and a card that interrupts: what does keeping it out cost?

Parameters: rate, interrupts a second; hold, how long a section is; between, what is done between two.
"""

from splx.scenario import *

RATE = Param("rate", 20_000)
HOLD = Param("hold", us(5))
BETWEEN = Param("between", us(5))

nic = NIC("wm0", Poisson(rate=RATE), cpu=0)
sections = Statistic("sections")


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    """Take what has come."""
    while nic.pop() != 0:
        pass


@thread("user", cpu=0)
def user() -> None:
    """A section, and something else, for ever."""
    while True:
        s = splnet()
        work(HOLD)
        splx(s)
        count(sections, 1)
        work(BETWEEN)
