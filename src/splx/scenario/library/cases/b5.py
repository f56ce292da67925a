"""B5: interrupt threads that are all waiting when another interrupt comes.

There is one thread for a level of a CPU. It waits for `lock`, whose owner it has interrupted, when another card
interrupts at the same level. The kernel must keep that level shut meanwhile (the clamp of Solaris, doran-2006), or put
the second aside until the thread comes back (netbsd-5 for softints). Mutant b5 of doran-2006 does neither.

Source: Laight, tech-smp, 2006-12-02: and then no thread is left; illumos uts/i86pc/os/intr.c for the cure.
"""

from splx.scenario import *

lock = Mutex("lock", IPL_NET)
card = NIC("card", Poisson(ms(1)), limit=1)
other = NIC("other", Poisson(ms(1)), limit=1)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    with lock:
        pass


@handler(other, IPL_NET, mpsafe=True)
def other_intr() -> None:
    other.pop()


@thread(cpu=0)
def owner() -> None:
    with lock:
        work(us(1))
