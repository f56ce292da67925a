"""Packets, each with work to be done, in the place of your choice; a disk that has to be heard; a thread that computes.

Parameters: rate, packets a second; where, one of handler, softint, thread; each, what is to be done for a packet.
"""

from splx.scenario import *

RATE = Param("rate", 20_000)
WHERE = Param("where", "softint")
EACH = Param("each", us(10))
PLACES = ("handler", "softint", "thread")
PLACE = PLACES.index(WHERE)

nic = NIC("wm0", Poisson(rate=RATE), cpu=0, ring=64)
disk = Disk("sd0", Poisson(rate=2_000), cpu=0, deadline=us(50))
worked = Statistic("worked")
EACH_PACKET = Exponential(EACH)
QUEUE = 64


class Packets(Struct):
    """What the handler leaves for others. A ring of QUEUE items."""

    # guarded by lock
    head: i64 = guarded_by("lock")
    tail: i64 = guarded_by("lock")
    item: Array[i64] = array(QUEUE, guarded_by("lock"))


queue = Packets()
lock = Mutex("queue", IPL_NET)
some = Condvar("some")


@handler(nic, IPL_NET, mpsafe=True, defer=True)
def nic_intr() -> None:
    """Do the work, or leave it."""
    item = nic.pop()
    while item != 0:
        if PLACE == 0:
            do(item)
        else:
            put(item)
        item = nic.pop()
    if PLACE == 1:
        softint_schedule(soft)


def do(item: int) -> None:
    """The work of a packet."""
    nic.work(item, EACH_PACKET)
    nic.done(item)
    count(worked, 1)


def put(item: int) -> None:
    """Queue a packet, or drop it."""
    with lock:
        full = queue.tail - queue.head == QUEUE
        if not full:
            queue.item[queue.tail % QUEUE] = item
            queue.tail += 1
            if PLACE == 2:
                cv_signal(some)
    if full:
        nic.done(item)


def get() -> int:
    """The oldest packet of the queue; 0 if there is none."""
    item = 0
    with lock:
        if queue.head != queue.tail:
            item = queue.item[queue.head % QUEUE]
            queue.head += 1
    return item


@softint(IPL_SOFTNET, mpsafe=True)
def soft() -> None:
    """Do what was left."""
    item = get()
    while item != 0:
        do(item)
        item = get()


@thread("netd", priority=PRI_KERNEL, cpu=0)
def netd() -> None:
    """Do what was left, as a thread."""
    while True:
        with lock:
            while queue.head == queue.tail:
                cv_wait(some, lock)
        item = get()
        if item != 0:
            do(item)


@handler(disk, IPL_BIO, mpsafe=True)
def sd_intr() -> None:
    """Take what has come."""
    while disk.pop() != 0:
        work(us(2))


@thread("user", priority=PRI_USER, cpu=0)
def user() -> None:
    """Compute, for ever."""
    while True:
        user_work(ROUND)


ROUND = Constant(us(20))
