"""Two devices, each with a CPU and a level of its own, whose handlers take one lock. Nobody else does anything."""

from splx.scenario import *

disk = Disk("disk", Poisson(ms(1)), cpu=0, limit=1)
card = NIC("card", Poisson(ms(1)), cpu=1, limit=1)
lock = Mutex("lock", IPL_NET)


class Table(Struct):
    taken: i64 = guarded_by("lock")


table = Table()


@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    with lock:
        table.taken += disk.pop()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    with lock:
        table.taken += card.pop()
