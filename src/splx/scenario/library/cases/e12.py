"""E12: a storm that nobody detects.

The card interrupts again as soon as its handler has run, and that takes something each time: no interrupt is in vain,
and there is no end of them. The job never runs. The knob: a kernel that counts (freebsd:storm, dragonfly:livelock)
leaves a line that has interrupted so often, without a rest or within a second, to the clock, and the job keeps its
deadline. A check, which knows no rates, cannot tell the one from the other.

Source: Zephyr pull request 119457: so many interrupts within a window, and the line is disabled.
"""

from splx.scenario import *

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


@periodic(ms(1), cpu=0, deadline=us(500))
def job() -> None:
    work(us(50))
