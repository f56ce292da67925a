"""E9: deferred work that asks for itself again before it returns.

Its thread goes on as long as something is queued, above all other threads. The knob: AGAIN=1 asks every time, AGAIN=0
only while items wait. No kernel here stops after a quota, which would be the cure. With TICKS=1 there is a clock, too,
and `splx run` under windows:watchdog=10 ends with the bug check.

Source: Windows bug check 0x133, DPC_WATCHDOG_VIOLATION; Linux 4cd13c21b207 for softirqs.
"""

from splx.scenario import *

AGAIN = Param("AGAIN", 0)
TICKS = Param("TICKS", 0)
card = NIC("card", Poisson(ms(1)), limit=1)


@softint(IPL_SOFTNET, mpsafe=True)
def drain() -> None:
    item = card.pop()
    if AGAIN == 1 or item != 0:
        softint_schedule(drain)
    else:
        card.enable()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.disable()
    softint_schedule(drain)


@thread(cpu=0)
def user() -> None:
    work(us(1))


if TICKS == 1:
    clock = Clock("clock", Periodic(us(100)))

    @handler(clock, IPL_CLOCK, mpsafe=True)
    def tick() -> None:
        clock.ack()
        hardclock()
