"""E8: a tasklet that is disabled and has been scheduled.

It is put back on its list, and the soft interrupt is raised again: on the way out of the interrupt up to the limit of
rounds, and by ksoftirqd from then on. The thread that would enable it is below that one. The knob: with OFF=1 the
driver disables it before it lets its card interrupt, with OFF=0 it does not. Another cure is that a tasklet is a
request of a BH workqueue (linux:tasklets=bh): one that is disabled stands on no list.

Source: Linux kernel/softirq.c, tasklet_action_common. There ksoftirqd is an ordinary thread, and shares its CPU.
"""

from splx.scenario import *

OFF = Param("OFF", 0)
card = NIC("card", Poisson(ms(1)), limit=1)


@tasklet()
def rx() -> None:
    while card.pop() != 0:
        pass
    card.enable()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.disable()
    tasklet_schedule(rx)


@thread(cpu=0)
def user() -> None:
    if OFF == 1:
        tasklet_disable(rx)
        work(us(1))
        tasklet_enable(rx)
