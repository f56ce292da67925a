"""Crossings: a thread that takes over what another is in the middle of, a line that moves, a sleep that ends early."""

from splx.base.units import UNITS
from splx.simulate.setup import Setup


def run(tmp_path, text, design, us=500, cpus=2, **more):
    (tmp_path / "driver.py").write_text("from splx.scenario import *\n" + text)
    return Setup(str(tmp_path / "driver.py"), design, "x86-2020", cpus=cpus, time=us * UNITS["us"], **more).run()


#: A thread of a handler comes while ksoftirqd is in the middle of a class, and does what is left of that.
QUICKER = """
tick = Clock("tick", Periodic(us(500)))
nic = NIC("nic", Periodic(us(130)), ring=64)
ran, behind, amid = Statistic("ran"), Statistic("behind"), Statistic("amid")

class Box(Struct):
    inside: i64

box = Box()

@softint(IPL_SOFTNET)
def first() -> None:
    box.inside += 1
    work(us(50))
    box.inside -= 1
    count(ran, 1)

@softint(IPL_SOFTNET)
def second() -> None:
    count(behind, 1)

@handler(tick, IPL_CLOCK, mpsafe=True)
def hardclock() -> None:
    tick.ack()
    softint_schedule(first)
    softint_schedule(second)

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    while nic.pop() != 0:
        pass
    count(amid, box.inside)
    softint_schedule(first)
"""


def test_what_was_queued_behind_is_done_by_who_comes_between(tmp_path):
    counts = run(tmp_path, QUICKER, "linux-rt:bh=none", us=1400, cpus=1).statistics
    assert (counts["amid"], counts["behind"]) == (2, 3)
    assert counts["ran"] == 13


#: Two edges, and the line may be moved between them: the second comes on another CPU while the first is in progress.
MOVED = """
card = NIC("card", Bursts(2, ns(50), us(7)), ring=64, trigger=EDGE)
disk = Disk("disk", Never())
moves = Statistic("moves")

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    while card.pop() != 0:
        pass

@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    disk.pop()

@thread(cpu=2)
def mover() -> None:
    while True:
        interrupt_distribute(card, 1)
        interrupt_distribute(card, 0)
        count(moves, 1)
"""


def test_an_edge_that_comes_where_its_line_was_moved_comes_again(tmp_path):
    result = run(tmp_path, MOVED, "linux-threadirqs", us=300, cpus=3)
    card = result.source("card")
    assert result.statistics["moves"] > 100
    assert card.done >= card.arrived - 2
    assert card.irqs > card.arrived


#: Soft work that waits for locks of threads, which are let go of when it has not yet gone to sleep for them.
WOKEN = """
nic = NIC("nic", Periodic(us(5), jitter=us(4)), ring=64)
m, n = Mutex("m"), Mutex("n")
ran, rounds = Statistic("ran"), Statistic("rounds")

@softint(IPL_SOFTNET, mpsafe=True)
def soft() -> None:
    with m:
        work(ns(100))
    count(ran, 1)

@softint(IPL_SOFTBIO, mpsafe=True)
def blocks() -> None:
    with n:
        work(ns(100))
    count(ran, 1)

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    while nic.pop() != 0:
        pass
    softint_schedule(soft)
    softint_schedule(blocks)

def user(k: int) -> None:
    while True:
        with m:
            work(ns(100) * choose(4))
            with n:
                work(ns(100) * choose(4))
                yield_()
        with n:
            yield_()
        count(rounds, 1)

for k in range(12):
    thread(f"u{k}", cpu=k % 4, priority=20 + k, arg=k)(user)
"""


def test_soft_work_that_is_woken_before_it_sleeps_goes_on(tmp_path):
    result = run(tmp_path, WOKEN, "netbsd-5", us=1000, cpus=4)
    assert result.source("nic").done >= result.source("nic").arrived - 2
    assert result.statistics["ran"] > 40
    assert result.statistics["rounds"] > 80


#: A better thread is woken by interrupts, while the other is in user mode for short, and in the kernel for short.
IN_USER = """
optional(kernel_lock)
nic = NIC("nic", Periodic(us(5), jitter=us(4)), ring=64)
served, laps = Statistic("served"), Statistic("laps")
line = Mutex("line", IPL_NET)
ready = Condvar("ready")

class Box(Struct):
    waiting: i64

box = Box()

@handler(nic, IPL_NET)
def intr() -> None:
    while nic.pop() != 0:
        pass
    with line:
        box.waiting = 1
        cv_broadcast(ready)

@thread(cpu=0, priority=PRI_USER_RT)
def server() -> None:
    while True:
        with line:
            while box.waiting == 0:
                cv_wait(ready, line)
            box.waiting = 0
        count(served, 1)

@thread(cpu=0)
def user() -> None:
    while True:
        user_enter()
        work(ns(70))
        user_leave()
        work(ns(40))
        count(laps, 1)
"""


def test_a_better_thread_comes_when_the_other_is_in_user_mode(tmp_path):
    result = run(tmp_path, IN_USER, "netbsd-2006", us=400, cpus=1)
    nic = result.source("nic")
    assert nic.done >= nic.arrived - 1
    assert result.statistics["served"] > 50
    assert result.statistics["laps"] > 700
