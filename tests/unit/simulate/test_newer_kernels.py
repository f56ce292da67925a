"""An edge, a soft interrupt that ends its items, and a thread that sleeps with the big lock held twice: the same driver
under the kernels whose interrupts are threads or soft interrupts.
"""

import pytest

from splx.base.diagnostics import SplxError
from splx.base.units import UNITS
from splx.simulate.setup import Setup

DRIVER = """
from splx.scenario import *

optional(kernel_lock)
nic = NIC("nic", Periodic(us(20), jitter=us(15)), trigger=EDGE, ring=8)
line = Mutex("line", IPL_NET)
ready = Condvar("ready")
served = Statistic("served")

class Box(Struct):
    waiting: i64
    locked: i64

box = Box()

@softint(IPL_SOFTNET, finishes=nic)
def soft() -> None:
    work(us(2))

@softint(IPL_SOFTCLOCK)
def busy() -> None:
    work(us(1))
    if choose(2) == 1:
        softint_schedule(busy)

@handler(nic, IPL_NET, defer=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass
    softint_schedule(soft)
    softint_schedule(busy)
    with line:
        box.waiting += 1
        box.locked += 1
        cv_broadcast(ready)

@thread(cpu=0, priority=PRI_USER_RT)
def above() -> None:
    while True:
        with line:
            while box.locked == 0:
                cv_wait(ready, line)
            box.locked -= 1
            work(us(1))

@thread(cpu=0)
def server() -> None:
    while True:
        kernel_lock()
        kernel_lock()
        assert kernel_locked_p()
        with line:
            while box.waiting == 0:
                cv_wait(ready, line)
            box.waiting -= 1
            work(us(1))
        work(us(3))
        kernel_unlock()
        kernel_unlock()
        count(served, 1)
"""

KERNELS = [
    "freebsd",
    "linux",
    "linux:ksoftirqd=waits",
    "linux-threadirqs",
    "linux-rt",
    "linux-rt:bh=none",
    "thomas-2007",
    "solaris",
    "netbsd-5",
    "windows",
    "dragonfly",
    "qnx",
    "qnx:attach=event",
    "qnx:attach=isr",
    "xnu",
    "sel4",
]


@pytest.mark.parametrize("machine", ["ideal", "x86-2020"])
@pytest.mark.parametrize("design", KERNELS)
def test_every_item_is_done_and_every_wait_ends(tmp_path, design, machine):
    (tmp_path / "driver.py").write_text(DRIVER)
    result = Setup(str(tmp_path / "driver.py"), design=design, machine=machine, time=10 * UNITS["ms"]).run()
    nic = result.source("nic")
    assert nic.arrived > 490
    assert nic.dropped == 0
    assert nic.done >= nic.arrived - 2
    assert result.statistics["served"] >= nic.arrived - 2


def test_a_filter_cannot_want_giant(tmp_path):
    (tmp_path / "driver.py").write_text(
        DRIVER.replace("@handler(nic, IPL_NET, ", "@handler(nic, IPL_NET, mpsafe=False, ")
    )
    with pytest.raises(SplxError) as refused:
        Setup(str(tmp_path / "driver.py"), design="freebsd:filter_at=IPL_NET").run()
    assert "`nic_intr` is a filter under `freebsd`, and wants Giant, which sleeps" in str(refused.value)


#: Locks that two CPUs want, and two lines of different levels that are up until somebody has looked.
CONTENDED = """
from splx.scenario import *

clock = Clock("clock", Periodic(us(30)))
disk = Disk("disk", Periodic(us(25), jitter=us(9)))
nic = NIC("nic", Periodic(us(20), jitter=us(15)), ring=16)
tick = Mutex("tick", IPL_CLOCK)
line = Mutex("line", IPL_BIO)
own = Mutex("own")
ended = Statistic("ended")

@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    clock.ack()
    with tick:
        work(us(1))

@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    while disk.pop() != 0:
        pass
    with line:
        work(us(1))

@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        work(us(1))

@thread("near", cpu=0)
@thread("nearer", cpu=0)
@thread("far", cpu=1)
@thread("other", cpu=1)
def user(n: int) -> None:
    while True:
        if mutex_tryenter(own):
            work(us(2))
            mutex_exit(own)
        if mutex_tryenter(tick):
            mutex_exit(tick)
        with own:
            work(us(3))
        with tick:
            work(us(2))
        with line:
            work(us(2))
        count(ended, 1)
        yield_()
"""


@pytest.mark.parametrize("design", ["windows", "dragonfly", "qnx", "qnx:attach=event", "xnu:wake=one", "sel4"])
def test_locks_that_two_cpus_want_are_had_in_turn(tmp_path, design):
    (tmp_path / "driver.py").write_text(CONTENDED)
    result = Setup(str(tmp_path / "driver.py"), design=design, machine="x86-2020", time=3 * UNITS["ms"]).run()
    assert result.statistics["ended"] > 20
    for name in ("disk", "nic"):
        assert result.source(name).done >= result.source(name).arrived - 2
