"""E5: soft work that asks for itself again, on the way out of an interrupt.

The thread beneath does not go on as long as more is asked for. The knob is the limit of rounds: without one (mutant e5)
that is for ever; with it ksoftirqd goes on, and the thread, which is better than that one, has its CPU again.

Source: Linux 4cd13c21b207, "softirq: Let ksoftirqd do its job"; __do_softirq and its limit.
"""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), limit=1)


class Box(Struct):
    through: i64 = atomic()


box = Box()


@softint(IPL_SOFTNET, mpsafe=True)
def rest() -> None:
    if box.through == 0:
        softint_schedule(rest)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    softint_schedule(rest)


@thread(cpu=0, priority=PRI_USER_RT)
def user() -> None:
    work(us(1))
    box.through = 1
