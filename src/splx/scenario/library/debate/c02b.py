"""A disk whose handler needs the big lock, which another CPU has now and then; and a sound card of a higher level.

Parameters: hold, how long the other CPU keeps the big lock each time, on average; it has it for half of the time.
"""

from splx.scenario import *

HOLD = Param("hold", us(10))

disk = Disk("sd0", Poisson(rate=10_000), cpu=0)
sound = NIC("eap0", Poisson(rate=10_000), cpu=0)
HELD = Exponential(HOLD)


@handler(disk, IPL_BIO)
def sd_intr() -> None:
    """Take what has come, under the big lock."""
    while disk.pop() != 0:
        work(us(1))


@handler(sound, IPL_CLOCK, mpsafe=True)
def eap_intr() -> None:
    """Take what has come, at a level whose handlers do without the big lock."""
    while sound.pop() != 0:
        pass


@thread("user", cpu=0)
def user() -> None:
    """Compute, for ever."""
    while True:
        user_work(ROUND)


@thread("holder", cpu=1)
def holder() -> None:
    """Work under the big lock, and without, for ever."""
    while True:
        kernel_lock()
        work(HELD)
        kernel_unlock()
        work(HELD)


ROUND = Constant(us(20))
