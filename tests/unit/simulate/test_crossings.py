"""Crossings: what one CPU or one interrupt does while another is in the middle of the same thing."""

import pytest

from splx.base.units import UNITS
from splx.simulate.setup import Setup


def run(tmp_path, text, design, us=500, cpus=2, **more):
    (tmp_path / "driver.py").write_text("from splx.scenario import *\n" + text)
    return Setup(str(tmp_path / "driver.py"), design, "x86-2020", cpus=cpus, time=us * UNITS["us"], **more).run()


#: Two tasklets on each list, scheduled twice, and one that is disabled and killed while it runs elsewhere.
TASKLETS = """
nic = NIC("nic", Periodic(us(30), jitter=us(9)), ring=64, trigger=EDGE)
ran, others, waited = Statistic("ran"), Statistic("others"), Statistic("waited")

class Box(Struct):
    inside: i64 = atomic()
    disabled: i64 = atomic()

box = Box()

@tasklet()
def slow() -> None:
    assert box.disabled == 0, "it runs though it is disabled"
    box.inside = 1
    work(us(9))
    box.inside = 0
    count(ran, 1)

@tasklet()
def second() -> None:
    count(others, 1)

@tasklet()
def third() -> None:
    count(others, 1)

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    nic.pop()
    tasklet_schedule(slow)
    tasklet_schedule(slow)
    tasklet_schedule(third)
    tasklet_hi_schedule(second)
    tasklet_hi_schedule(second)

@thread(cpu=1)
def asks() -> None:
    while True:
        work(us(3))
        count(waited, box.inside)
        tasklet_disable(slow)
        box.disabled = 1
        assert box.inside == 0, "it runs still"
        tasklet_schedule(third)
        work(us(4))
        box.disabled = 0
        tasklet_enable(slow)
        work(us(5))
        count(waited, box.inside)
        tasklet_kill(slow)
        tasklet_schedule(slow)
        tasklet_schedule(third)
"""


def test_a_tasklet_is_disabled_and_killed_from_another_cpu_while_it_runs(tmp_path):
    counts = run(tmp_path, TASKLETS, "linux").statistics
    assert counts["ran"] > 20
    assert counts["others"] > counts["ran"]
    assert counts["waited"] > 5


#: Both workers of a CPU sleep, and two queues have more to do, and so has the other CPU.
RESCUED = """
lock = Mutex("lock")
woken, through = Condvar("woken"), Condvar("through")
done, distant = Statistic("done"), Statistic("distant")
disk = Disk("disk", Never())
a, b, c, d, e, f, g, h = Work(), Work(), Work(), Work(), Work(), Work(), Work(), Work()

class Box(Struct):
    asleep: i64
    go: i64
    left: i64
    far: i64

box = Box()

def sleep(arg: int) -> None:
    with lock:
        box.asleep += 1
        cv_broadcast(through)
        while box.go == 0:
            cv_wait(woken, lock)
    work(us(5))
    with lock:
        box.asleep -= 1
        box.left -= 1
        cv_broadcast(through)

def wake(arg: int) -> None:
    work(us(2))
    with lock:
        if arg != 0:
            box.go = 1
            cv_broadcast(woken)
        box.left -= 1
        cv_broadcast(through)
    if arg == 2:
        yield_()

def far(arg: int) -> None:
    work(us(9))
    count(distant, 1)
    with lock:
        box.far -= 1
        cv_broadcast(through)

sleepers = Workqueue("sleepers", sleep, cpu=0)
one = Workqueue("one", wake, cpu=0)
two = Workqueue("two", wake, cpu=0)
three = Workqueue("three", far, cpu=1)

@handler(disk, IPL_BIO, mpsafe=True)
def intr() -> None:
    disk.pop()

@thread(cpu=0)
def user() -> None:
    while True:
        with lock:
            box.go = 0
            box.left = 3
        workqueue_enqueue(sleepers, a, 0)
        with lock:
            while box.asleep != 1:
                cv_wait(through, lock)
        kpreempt_disable()
        workqueue_enqueue(one, c, 2)
        workqueue_enqueue(one, e, 0)
        kpreempt_enable()
        with lock:
            while box.left != 0:
                cv_wait(through, lock)
            box.go = 0
            box.left = 6
        workqueue_enqueue(sleepers, a, 0)
        workqueue_enqueue(sleepers, b, 0)
        with lock:
            while box.asleep != 2:
                cv_wait(through, lock)
        kpreempt_disable()
        workqueue_enqueue(one, c, 0)
        workqueue_enqueue(two, d, 1)
        workqueue_enqueue(one, e, 0)
        workqueue_enqueue(two, f, 0)
        kpreempt_enable()
        with lock:
            while box.left != 0:
                cv_wait(through, lock)
        count(done, 1)

@thread(cpu=1)
def other() -> None:
    while True:
        box.far = 2
        workqueue_enqueue(three, g, 0)
        workqueue_enqueue(three, h, 0)
        with lock:
            while box.far != 0:
                cv_wait(through, lock)
"""


def test_two_rescuers_take_turns_and_leave_to_a_worker_what_it_comes_to(tmp_path):
    counts = run(tmp_path, RESCUED, "linux:workqueue=pools").statistics
    assert counts["done"] > 8
    assert counts["distant"] > 30


#: A line that is disabled twice over, mostly for less time than lies between two interrupts.
DISABLED = """
nic = NIC("nic", Periodic(us(20)), ring=8, trigger=EDGE)
rounds = Statistic("rounds")

class Box(Struct):
    shut: i64 = atomic()

box = Box()

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    assert box.shut == 0, "it runs though its line is disabled"
    while nic.pop() != 0:
        work(us(1))

@thread(cpu=1)
def driver() -> None:
    while True:
        disable_irq(nic)
        box.shut = 1
        disable_irq(nic)
        work(us(2))
        enable_irq(nic)
        work(us(2))
        box.shut = 0
        enable_irq(nic)
        count(rounds, 1)
        work(us(1))
"""


def test_a_line_is_disabled_twice_and_often_nothing_comes_meanwhile(tmp_path):
    result = run(tmp_path, DISABLED, "linux")
    card = result.source("nic")
    assert card.done >= card.arrived - 2
    assert result.statistics["rounds"] > 2 * card.arrived


#: Soft work that takes longer than a round may, and asks for itself.
LONG = """
nic = NIC("nic", Periodic(us(200)), ring=64)
ran = Statistic("ran")

@softint(IPL_SOFTBIO)
def block() -> None:
    work(us(2500))
    count(ran, 1)
    softint_schedule(block)

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    while nic.pop() != 0:
        pass

@thread(cpu=0)
def starts() -> None:
    softint_schedule(block)
"""


def test_a_class_that_has_had_its_time_is_left_to_the_thread(tmp_path):
    result = run(tmp_path, LONG, "linux-rt", us=9000, cpus=1)
    nic = result.source("nic")
    assert result.statistics["ran"] == 3
    assert 2 * UNITS["ms"] < nic.start.most < 3 * UNITS["ms"]
    assert nic.done > 30
    assert nic.dropped == 0


#: Short sections of three CPUs, and those who only try.
TIGHT = """
m, n = Mutex("m", IPL_NET), Mutex("n")
nic = NIC("nic", Never())
rounds, had, refused = Statistic("rounds"), Statistic("had"), Statistic("refused")

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    nic.pop()

def user(k: int) -> None:
    while True:
        mutex_enter(m)
        mutex_exit(m)
        if k == 0:
            mutex_enter(n)
            work(ns(300))
            mutex_exit(n)
        work(ns(50) * choose(8))
        count(rounds, 1)

def tries(k: int) -> None:
    while True:
        if mutex_tryenter(m):
            mutex_exit(m)
            count(had, 1)
        else:
            count(refused, 1)
        if k == 2:
            mutex_enter(n)
            work(ns(300))
            mutex_exit(n)
        work(ns(30) * choose(8))

thread("near", cpu=0, arg=0)(user)
thread("far", cpu=1, arg=1)(user)
thread("tries", cpu=2, arg=2)(tries)
thread("tries too", cpu=3, arg=3)(tries)
"""


def test_a_bit_that_is_set_for_nobody_goes_with_the_owner(tmp_path):
    counts = run(tmp_path, TIGHT, "linux-rt", cpus=4).statistics
    assert counts["rounds"] > 200
    assert counts["had"] > 200
    assert counts["refused"] > 200


#: A writer that only tries, readers that are short, and a thread that looks on.
TRIED = """
rw = RWLock("rw")
nic = NIC("nic", Never())
read, wrote, refused = Statistic("read"), Statistic("wrote"), Statistic("refused")
seen, mistaken = Statistic("seen"), Statistic("mistaken")

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    nic.pop()

@thread(cpu=0)
def reader() -> None:
    while True:
        rw_enter(rw, RW_READER)
        rw_exit(rw)
        work(ns(20) * choose(8))
        count(read, 1)

@thread(cpu=1)
def writer() -> None:
    while True:
        if rw_tryenter(rw, RW_WRITER):
            assert rw_write_held(rw)
            work(ns(200))
            rw_exit(rw)
            count(wrote, 1)
        else:
            count(refused, 1)
        work(ns(30) * choose(8))

@thread(cpu=2)
def other() -> None:
    while True:
        work(ns(50))
        if rw_lock_held(rw):
            count(seen, 1)
        if rw_write_held(rw):
            count(mistaken, 1)
"""


def test_the_last_reader_finds_that_who_tried_to_write_has_gone(tmp_path):
    counts = run(tmp_path, TRIED, "linux-rt", us=300, cpus=3).statistics
    assert counts["read"] > 200
    assert counts["wrote"] > 100
    assert counts["refused"] > 20
    assert counts["seen"] > 500
    assert counts["mistaken"] == 0


#: The same soft work is asked for below and in an interrupt.
ASKED = """
nic = NIC("nic", Periodic(us(4), jitter=us(3)), ring=64, trigger=EDGE)
asked, ran = Statistic("asked"), Statistic("ran")

@softint(IPL_SOFTNET)
def soft() -> None:
    count(ran, 1)

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    nic.pop()
    softint_schedule(soft)

@thread(cpu=0)
def user() -> None:
    while True:
        s = splsoftnet()
        softint_schedule(soft)
        splx(s)
        count(asked, 1)
"""


def test_an_interrupt_is_quicker_to_ask_for_what_is_asked_for_once(tmp_path):
    result = run(tmp_path, ASKED, "linux", us=3000, cpus=1)
    counts = result.statistics
    assert counts["asked"] > 9000
    assert counts["asked"] < counts["ran"] <= counts["asked"] + result.source("nic").irqs


#: A thread has a lock, and sleeps until the second of two requests is served; the first wants the lock.
LOCKED = """
class Box(Struct):
    asked: i64 = atomic()
    served: i64

box = Box()
lock, gate = Mutex("lock"), Mutex("gate")
go = Condvar("go")
one, two = Work(), Work()
ended = Statistic("ended")

def job(n: int) -> None:
    if n == 1:
        with lock:
            count(ended, 10)
    else:
        with gate:
            box.served = 1
            cv_signal(go)

queue = Workqueue("queue", job)

@thread(cpu=1)
def asks() -> None:
    while box.asked == 0:
        work(ns(100))
    workqueue_enqueue(queue, one, 1)
    workqueue_enqueue(queue, two, 2)

@thread(cpu=0)
def has_it() -> None:
    with lock, gate:
        box.asked = 1
        while box.served == 0:
            cv_wait(go, gate)
        count(ended, 1)
"""


@pytest.mark.parametrize("design", ["linux", "linux-rt"])
def test_while_a_worker_sleeps_for_a_lock_another_serves_its_pool(tmp_path, design):
    """Under linux-rt the lock is an rt_mutex, and whoever sleeps for one tells its pool before."""
    assert run(tmp_path, LOCKED, design, us=400).statistics["ended"] == 11
