"""A handler takes a lock that its softint takes with the handler's interrupt admitted, which comes ARRIVALS times."""

from splx.scenario import *

ARRIVALS = Param("ARRIVALS", 1)
card = Serial("card", Poisson(us(100)), limit=ARRIVALS)
lock = Mutex("lock", IPL_TTY)


@softint(IPL_SOFTSERIAL, mpsafe=True)
def later() -> None:
    mutex_enter(lock)
    mutex_exit(lock)


@handler(card, IPL_SERIAL, mpsafe=True)
def intr() -> None:
    if card.pop() != 0:
        mutex_enter(lock)
        mutex_exit(lock)
        softint_schedule(later)
