"""Worker pools: requests that sleep do not keep others waiting, and a stock that is used up does not either."""

from splx.base.units import UNITS
from splx.simulate.setup import Setup

DRIVER = """
from splx.scenario import *

ran = Statistic("ran")
nic = NIC("nic", Periodic(us(20)), ring=64, trigger=EDGE)
lock = Mutex("lock")
left = Condvar("left")
first, second, third = Work(), Work(), Work()

class Box(Struct):
    asleep: i64
    most: i64
    wanted: i64

box = Box()

def job(arg: int) -> None:
    with lock:
        if arg == 0:
            box.wanted = 0
            cv_broadcast(left)
        else:
            box.asleep += 1
            box.most = max(box.most, box.asleep)
            while box.wanted != 0:
                cv_wait(left, lock)
            box.asleep -= 1
            cv_broadcast(left)
    count(ran, 1)

queue = Workqueue("queue", job, cpu=0)

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    nic.pop()

@thread(cpu=1)
def user() -> None:
    while True:
        with lock:
            box.wanted = 1
        workqueue_enqueue(queue, first, 1)
        workqueue_enqueue(queue, second, 1)
        workqueue_enqueue(queue, third, 0)
        with lock:
            while box.wanted != 0 or box.asleep != 0:
                cv_wait(left, lock)
        work(us(30))
"""


def test_requests_that_wait_for_the_last_of_them_are_no_deadlock(tmp_path):
    (tmp_path / "driver.py").write_text(DRIVER)
    setup = Setup(str(tmp_path / "driver.py"), "linux:workqueue=pools", "x86-2020", cpus=2, time=UNITS["ms"])
    assert setup.run().statistics["ran"] > 60


LIMITED = """
from splx.lang.kernel import spin_while
from splx.scenario import *

lock = Mutex("lock")
through = Condvar("through")
a, b, c, d = Work(), Work(), Work(), Work()
nic = NIC("nic", Periodic(us(5)), trigger=EDGE)
ran = Statistic("ran")
urgent = Statistic("urgent")

class Box(Struct):
    left: i64 = guarded_by("lock")
    at_work: i64 = atomic()
    asked: i64 = atomic()

box = Box()

def one(unused: int) -> None:
    box.at_work += 1
    assert box.at_work == 1, "two at once"
    spin_while(box.at_work == 1)
    with lock:
        box.left -= 1
        if box.left == 0:
            cv_broadcast(through)
    count(ran, 1)
    box.at_work = 0

def now(unused: int) -> None:
    box.asked = 0
    box.at_work += 1
    with lock:
        work(ns(100))
    count(urgent, 1)

jobs = Workqueue("jobs", one, max_active=1)
first = Workqueue("first", now, priority=PRI_KTHREAD + 1, ipl=IPL_NET)

@thread(cpu=0)
def user() -> None:
    while True:
        with lock:
            box.left = 3
        kpreempt_disable()
        workqueue_enqueue(jobs, a, 0)
        workqueue_enqueue(jobs, b, 0)
        workqueue_enqueue(jobs, c, 0)
        kpreempt_enable()
        with lock:
            while box.left != 0:
                cv_wait(through, lock)

@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    if box.at_work == 1 and box.asked == 0:
        box.asked = 1
        workqueue_enqueue(first, d, 0)
"""


def test_a_limit_is_kept_and_who_is_urgent_does_not_wait_for_who_is_at_work(tmp_path):
    """What is under way spins until the other has come."""
    (tmp_path / "driver.py").write_text(LIMITED)
    setup = Setup(str(tmp_path / "driver.py"), "linux:workqueue=pools", "x86-2020", time=UNITS["ms"])
    counts = setup.run().statistics
    assert counts["ran"] > 40
    assert counts["urgent"] >= counts["ran"]
