"""A disk whose handler needs the big lock, which another CPU has now and then; and a serial line that needs nothing.

Parameters: hold, how long the other CPU keeps the big lock each time, on average; one has it for half of the time.
holders, how many other CPUs there are, which then wait for each other too.
"""

from splx.scenario import *

HOLD = Param("hold", us(10))
HOLDERS = Param("holders", 1)

disk = Disk("sd0", Poisson(rate=10_000), cpu=0)
line = NIC("com0", Poisson(rate=10_000), cpu=0)
HELD = Exponential(HOLD)


@handler(disk, IPL_BIO)
def sd_intr() -> None:
    """Take what has come, under the big lock."""
    while disk.pop() != 0:
        work(us(1))


@handler(line, IPL_BIO, mpsafe=True)
def com_intr() -> None:
    """Take what has come."""
    while line.pop() != 0:
        pass


@thread("user", cpu=0)
def user() -> None:
    """Compute, for ever."""
    while True:
        user_work(ROUND)


def holder() -> None:
    """Work under the big lock, and without, for ever."""
    while True:
        kernel_lock()
        work(HELD)
        kernel_unlock()
        work(HELD)


for n in range(HOLDERS):
    thread(f"holder{n or ''}", cpu=n + 1)(holder)

ROUND = Constant(us(20))
