"""A9: the big lock and a spin lock. This is what the debate of 2006 began with.

CPU 0 holds `lock` below the level of the card, whose handler is not mpsafe and waits for the big lock. CPU 1 has that
one, and waits for `lock`. The knob is a rule of the kernel: in netbsd-2006 the handler takes the big lock unless it
interrupted IPL_SCHED or above; in netbsd-5 no spin lock is below a level that takes it. HELD=sched cures the old
kernel by holding `lock` higher, which costs everybody latency.

Source: Doran and Laight, tech-smp, 2006-12; Thorpe, tech-smp, 1999-07-28.
"""

from splx.scenario import *

HELD = Param("HELD", "bio")
lock = Mutex("lock", IPL_SCHED if HELD == "sched" else IPL_BIO)
card = NIC("card", Poisson(ms(1)), limit=1)


@handler(card, IPL_NET)
def card_intr() -> None:
    card.pop()


@thread(cpu=0)
def driver() -> None:
    with lock:
        pass


@thread(cpu=1)
def old_code() -> None:
    kernel_lock()
    with lock:
        pass
    kernel_unlock()
