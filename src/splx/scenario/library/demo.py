"""The demonstration: a small server, and what four kernels make of it.

What arrives was recorded on real machines, and is played faster: a network card on CPU 0, a disk on CPU 1, the local
timers of three CPUs. What is done about it is written here once, for all designs:

    packet      nic_intr queues it and counts it under `table`, which threads keep locked for longer than it likes;
                a soft interrupt parses it
    block       sd_intr wakes a reader, which copies it and looks into `table`
    tick        hardclock, and a soft interrupt for what is due
    request     a worker on each CPU computes in user mode, looks into `table`, and does something that still needs
                the big lock
    control     a real-time job every half millisecond on CPU 2

The network driver and the packet code are mpsafe; the disk driver and the timers' code never learnt to be.

Parameters: nic, disk, timer: how many times faster than recorded; grasp: how long a lookup keeps `table`.
"""

from splx.scenario import (
    IPL_BIO,
    IPL_CLOCK,
    IPL_NET,
    IPL_SOFTCLOCK,
    IPL_SOFTNET,
    NIC,
    PRI_KERNEL,
    PRI_USER,
    PRI_USER_RT,
    Array,
    Clock,
    Condvar,
    Constant,
    Disk,
    Empirical,
    Exponential,
    Mutex,
    Param,
    Recorded,
    Statistic,
    Struct,
    Uniform,
    array,
    count,
    cv_signal,
    cv_wait,
    guarded_by,
    handler,
    i64,
    kernel_lock,
    kernel_unlock,
    optional,
    periodic,
    shipped,
    softint,
    softint_schedule,
    thread,
    us,
    user_work,
    work,
)

optional(kernel_lock)

nic = NIC("wm0", Recorded(shipped("nic-e1000.csv"), speedup=Param("nic", 120)), cpu=0, ring=64)
disk = Disk("sd0", Recorded(shipped("disk-virtio.csv"), speedup=Param("disk", 8)), cpu=1, ring=32)
TICKS = Param("timer", 12)
clock0 = Clock("clock0", Recorded(shipped("timer-6.18.csv"), speedup=TICKS, cpu=0), cpu=0)
clock1 = Clock("clock1", Recorded(shipped("timer-6.18.csv"), speedup=TICKS, cpu=1), cpu=1)
clock3 = Clock("clock3", Recorded(shipped("timer-6.1.csv"), speedup=TICKS), cpu=3)

table = Mutex("table", IPL_NET)
requests = Statistic("requests")
overruns = Statistic("queue overruns")

COUNTING = Constant(us("0.3"))
PARSING = Empirical([us(2), us("2.2"), us("2.4"), us("2.5"), us(3), us(4), us(9)])
COPYING = Uniform(us(4), us(8))
TICKING = Constant(us(1))
DUE = Exponential(us(2))
LOOKUP = Exponential(Param("grasp", us(3)))
BIG_LOCKED = Exponential(us(4))
COMPUTING = Exponential(us(30))
CONTROL = Constant(us(20))


# ---- packets

QUEUE = 64


class PacketQueue(Struct):
    """What nic_intr leaves for ip_input. A ring of QUEUE items."""

    # guarded by queue_lock
    head: i64 = guarded_by("queue_lock")
    tail: i64 = guarded_by("queue_lock")
    item: Array[i64] = array(QUEUE, guarded_by("queue_lock"))


queue = PacketQueue()
queue_lock = Mutex("queue", IPL_NET)


@handler(nic, IPL_NET, mpsafe=True, defer=True)
def nic_intr() -> None:
    """Empty the card's ring into the queue."""
    item = nic.pop()
    while item != 0:
        with table:
            work(COUNTING)
        if not put(item):
            count(overruns, 1)
            nic.done(item)
        item = nic.pop()
    softint_schedule(ip_input)


def put(item: int) -> bool:
    """Queue a packet; whether there was room."""
    with queue_lock:
        if queue.tail - queue.head == QUEUE:
            return False
        queue.item[queue.tail % QUEUE] = item
        queue.tail += 1
    return True


def get() -> int:
    """The oldest packet of the queue; 0 if there is none."""
    item = 0
    with queue_lock:
        if queue.head != queue.tail:
            item = queue.item[queue.head % QUEUE]
            queue.head += 1
    return item


@softint(IPL_SOFTNET, mpsafe=True)
def ip_input() -> None:
    """Parse every packet of the queue."""
    item = get()
    while item != 0:
        nic.work(item, PARSING)
        nic.done(item)
        item = get()


# ---- blocks


class Blocks(Struct):
    """Finished transfers that no reader has taken."""

    # guarded by disk_lock
    ready: i64 = guarded_by("disk_lock")


blocks = Blocks()
# At IPL_NET, though only sd_intr takes it: in 2006 a spin lock has to keep out every interrupt that takes the big
# lock. At IPL_BIO, CPU 0 in a reader that holds it would be interrupted by wm0, which waits for the big lock, which
# sd_intr has on CPU 1, which waits for this.
disk_lock = Mutex("disk", IPL_NET)
finished = Condvar("finished")


@handler(disk, IPL_BIO)
def sd_intr() -> None:
    """Hand each finished transfer to a reader."""
    while disk.pop() != 0:
        with disk_lock:
            blocks.ready += 1
            cv_signal(finished)


@thread("reader", priority=PRI_KERNEL, count=2)
def reader() -> None:
    """Wait for a block, copy it, note it in the table."""
    while True:
        with disk_lock:
            while blocks.ready == 0:
                cv_wait(finished, disk_lock)
            blocks.ready -= 1
        work(COPYING)
        with table:
            work(LOOKUP)


# ---- ticks


@handler(clock0, IPL_CLOCK)
def hardclock0() -> None:
    """The timer of CPU 0."""
    clock0.ack()
    hardclock()


@handler(clock1, IPL_CLOCK)
def hardclock1() -> None:
    """The timer of CPU 1."""
    clock1.ack()
    hardclock()


@handler(clock3, IPL_CLOCK)
def hardclock3() -> None:
    """The timer of CPU 3."""
    clock3.ack()
    hardclock()


def hardclock() -> None:
    """What every tick costs; the rest is done soon."""
    work(TICKING)
    softint_schedule(softclock)


@softint(IPL_SOFTCLOCK)
def softclock() -> None:
    """Run what is due."""
    work(DUE)


# ---- requests


def worker() -> None:
    """Serve requests, for ever."""
    while True:
        user_work(COMPUTING)
        with table:
            work(LOOKUP)
        kernel_lock()
        work(BIG_LOCKED)
        kernel_unlock()
        count(requests, 1)


for cpu in range(4):
    thread(f"worker{cpu}", priority=PRI_USER, cpu=cpu)(worker)


@periodic(us(500), offset=us(100), priority=PRI_USER_RT, cpu=2, deadline=us(250))
def control() -> None:
    """Read the sensors, move the arm."""
    work(CONTROL)
    with table:
        work(COUNTING)
