"""A6: two locks of an interrupt, released in the order in which they were taken.

If each release goes back to the level before its own lock was taken, the first of them opens the CPU while the other
lock is held. The knob is a rule of the kernel: locks that each keep a level (netbsd-2006, or mutant a6), or the level
of the CPU goes back with the last of them (netbsd-5).

Source: asterinas/asterinas, issue 1120.
"""

from splx.scenario import *

a = Mutex("a", IPL_NET)
b = Mutex("b", IPL_NET)
card = NIC("card", Poisson(ms(1)), limit=1)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    with b:
        pass


@thread(cpu=0)
def user() -> None:
    mutex_enter(a)
    mutex_enter(b)
    mutex_exit(a)
    mutex_exit(b)
