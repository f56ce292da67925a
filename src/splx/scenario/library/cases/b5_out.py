"""B5_OUT: handlers that block, until no interrupt thread of their level is left for whoever could end that.

As b5, with an owner of the lock who waits until a disk has answered. The disk interrupts the same CPU at the same
level. The knob is how many threads that level has against how many handlers want the lock: with one thread the card's
handler is enough, and nobody hears the disk any more; with two threads one card is harmless, and two (BOTH=1) are not.

Source: Laight, tech-smp, 2006-12-02: if handlers may block, the threads run out when they are needed.
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

BOTH = Param("BOTH", 0)
lock = Mutex("lock", IPL_NET)
card = NIC("card", Poisson(ms(1)), limit=1)
disk = Disk("disk", Poisson(ms(1)), limit=1)


class Box(Struct):
    heard: i64 = atomic()


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    with lock:
        pass


@handler(disk, IPL_NET, mpsafe=True)
def disk_intr() -> None:
    disk.pop()
    box.heard = 1


@thread(cpu=0)
def owner() -> None:
    with lock:
        spin_while(box.heard == 0)


if BOTH == 1:
    other = NIC("other", Poisson(ms(1)), limit=1)

    @handler(other, IPL_NET, mpsafe=True)
    def other_intr() -> None:
        other.pop()
        with lock:
            pass
