"""A lock of a high level, taken for a moment within one of a lower level, and a card that the first keeps out.

Parameters: hold, how long the lower one is kept after that, on average; it is held for a quarter of the time.
"""

from splx.scenario import *

HOLD = Param("hold", us(5))

sound = NIC("audio0", Poisson(rate=5_000), cpu=0)
table = Mutex("table", IPL_VM)
queue = Mutex("queue", IPL_SCHED)
HELD = Exponential(HOLD)
BETWEEN = Exponential(3 * HOLD)


@handler(sound, IPL_AUDIO, mpsafe=True)
def audio_intr() -> None:
    """Take what has come."""
    while sound.pop() != 0:
        pass


@thread("user", cpu=0)
def user() -> None:
    """Look into the table, with a glance at the queue, and do something else, for ever."""
    while True:
        with table:
            with queue:
                work(ns(100))
            work(HELD)
        work(BETWEEN)
