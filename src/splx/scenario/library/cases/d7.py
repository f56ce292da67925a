"""D7: a slow driver on a shared line.

`card` and `disk` share a line, which stays shut until the threads of both are through with its interrupt. That of the
disk waits for a lock, and what the card says meanwhile nobody hears. The knob is the line: SHARED=0 gives each its own.
With ASKS=1 the owner of the lock waits for the card's second item, and that is for ever; else it is as long as he works
(HELD), which a run shows.

In QNX each handler has a thread; FreeBSD has one for the line, XNU a work loop: it is through with all or with none.

Source: QNX 8 documentation, InterruptAttachThread: the line is unmasked when all its threads have said that they are
through; FreeBSD sys/kern/kern_intr.c; XNU IOInterruptEventSource; Linux kernel/irq/handle.c, threads_oneshot.
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

ASKS = Param("ASKS", 0)
HELD = Param("HELD", us(500))
LINE = "pci0" if Param("SHARED", 1) == 1 else ""


class Box(Struct):
    taken: i64 = atomic()


box = Box()
table = Mutex("table", IPL_BIO)
card = NIC("card", Periodic(us(20), us(30)), cpu=0, limit=2, deadline=us(100), irq=LINE)
disk = Disk("disk", Periodic(ms(1), us(10)), cpu=0, limit=1, irq=LINE)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    if card.pop() != 0:
        box.taken += 1


@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    if disk.pop() != 0:
        with table:
            pass


@thread(cpu=0)
def owner() -> None:
    with table:
        if ASKS == 1:
            spin_while(box.taken < 2)
        else:
            work(HELD)
