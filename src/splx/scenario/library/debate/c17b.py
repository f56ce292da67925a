"""A section that keeps everything out, and three devices of different levels that may come meanwhile.

Parameters: hold, how long the section is; it is a tenth of the time.
"""

from splx.scenario import *

HOLD = Param("hold", us(20))

disk = Disk("sd0", Poisson(rate=5_000), cpu=0)
nic = NIC("wm0", Poisson(rate=5_000), cpu=0)
sound = Audio("eap0", Periodic(us(500), jitter=us(400)), cpu=0)


@handler(disk, IPL_BIO, mpsafe=True)
def sd_intr() -> None:
    """Take what has come."""
    while disk.pop() != 0:
        work(us(30))


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    """Take what has come."""
    while nic.pop() != 0:
        work(us(15))


@handler(sound, IPL_AUDIO, mpsafe=True)
def eap_intr() -> None:
    """The next block."""
    while sound.pop() != 0:
        work(us(2))


@thread("user", cpu=0)
def user() -> None:
    """A section, and something else, for ever."""
    while True:
        s = splhigh()
        work(HOLD)
        splx(s)
        work(9 * HOLD)
