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


ANYWHERE = """
from splx.scenario import *

a, b, c = Work(), Work(), Work()
ran = Statistic("ran")
lock = Mutex("lock")
through = Condvar("through")
SECOND = Param("second", 1)  # whether it waits for the third, as the first does

class Box(Struct):
    left: i64 = guarded_by("lock")
    under_way: i64 = guarded_by("lock")

box = Box()

def job(arg: int) -> None:
    work(us(10))
    with lock:
        box.left -= 1
        while arg == 1 and box.left != 0:
            cv_wait(through, lock)
        box.under_way -= 1
        cv_broadcast(through)
    count(ran, 1)

jobs = Workqueue("jobs", job, unbound=Param("unbound", 0) == 1, priority=PRI_KTHREAD + Param("high", 0))

@thread(cpu=0)
def user() -> None:
    while True:
        with lock:
            box.left = 3
            box.under_way = 3
        kpreempt_disable()
        workqueue_enqueue(jobs, a, 1)
        workqueue_enqueue(jobs, b, SECOND)
        workqueue_enqueue(jobs, c, 0)
        kpreempt_enable()
        with lock:
            while box.under_way != 0:
                cv_wait(through, lock)
"""


def anywhere(tmp_path, choice, **settings):
    (tmp_path / "driver.py").write_text(ANYWHERE)
    words = tuple((name, str(value)) for name, value in settings.items())
    design = f"linux:workqueue={choice}"
    return Setup(str(tmp_path / "driver.py"), design, "x86-2020", cpus=2, time=UNITS["ms"], settings=words).run()


def test_requests_that_are_no_cpus_run_on_two_of_them_at_once(tmp_path):
    bound = anywhere(tmp_path, "pools").statistics["ran"]
    for high in (0, 1):
        assert anywhere(tmp_path, "pools", unbound=1, high=high).statistics["ran"] > 1.2 * bound


def test_a_pool_makes_workers_until_there_are_as_many_as_it_may_have(tmp_path):
    """One stays at hand: where one request sleeps, two workers are one too few, and four are enough for two that do."""
    for unbound in (0, 1):
        few = anywhere(tmp_path, "grows-2", unbound=unbound, second=0).statistics
        many = anywhere(tmp_path, "grows-4", unbound=unbound, second=1).statistics
        assert few["ran"] > 60
        assert many["ran"] > 60
        assert (few["WorkerEvents.created"], few["WorkerEvents.refused"] > 10) == (1, True)
        assert (many["WorkerEvents.created"], many["WorkerEvents.refused"]) == (3, 0)
