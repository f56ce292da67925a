"""A card whose line is level-triggered, and a thread that keeps its interrupts out for a part of the time.

Another CPU has such a thread and no card: what its sections cost there is none of the interrupts'.

Parameters: rate, interrupts a second; raised, percent of the time at a raised level.
"""

from splx.scenario import *

RATE = Param("rate", 10_000)
RAISED = Param("raised", 20)

nic = NIC("wm0", Poisson(rate=RATE), cpu=0)
sections = Statistic("sections")
undisturbed = Statistic("undisturbed")


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
        work(us(1) * RAISED // 10)
        splx(s)
        work(us(1) * (100 - RAISED) // 10)
        count(sections, 1)


@thread("other", cpu=1)
def other() -> None:
    """The same where nobody interrupts."""
    while True:
        s = splnet()
        work(us(1) * RAISED // 10)
        splx(s)
        work(us(1) * (100 - RAISED) // 10)
        count(undisturbed, 1)
