"""PREEMPT_RT: what it stops, what it refuses, and what it is for."""

import pytest

from splx.base.diagnostics import SplxError
from splx.base.units import UNITS
from splx.simulate.setup import Setup

HEAD = """
from splx.scenario import *

inner = Mutex("inner")
outer = Mutex("outer", IPL_NET)
raw = Mutex("raw", IPL_CLOCK)
"""

BAD = {
    "a mutex where a spinlock_t is held": "with outer, inner:\n        pass",
    "a lock that sleeps while a raw one is held": "with raw, outer:\n        pass",
    "a lock that sleeps with preemption disabled": "kpreempt_disable()\n    mutex_enter(outer)",
    "local_bh_disable with preemption disabled": "kpreempt_disable()\n    splnet()",
    "with interrupts off": "s = splnet()\n    splhigh()\n    splx(s)",
}


def run(tmp_path, text, design="linux-rt", ms=10):
    (tmp_path / "driver.py").write_text(HEAD + text)
    return Setup(str(tmp_path / "driver.py"), design=design, machine="x86-2020", time=ms * UNITS["ms"]).run()


@pytest.mark.parametrize("says", BAD)
def test_what_only_a_kernel_without_it_allows_is_stopped_at_once(tmp_path, says):
    with pytest.raises(SplxError, match=says):
        run(tmp_path, f"@thread(cpu=0)\ndef does() -> None:\n    {BAD[says]}\n")


SLEEPS = ["cv_wait(cv, inner)", "cv_timedwait(cv, inner, 1)", "kpause(1)", "yield_()"]
CLOCKED = """
cv = Condvar("cv")
clock = Clock("clock", Periodic(ms(1)))

@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()

@thread(cpu=0)
def does() -> None:
    mutex_enter(inner)
    mutex_enter({lock})
    {sleeps}
    mutex_exit({lock})
    mutex_exit(inner)
"""


@pytest.mark.parametrize("sleeps", SLEEPS)
def test_who_holds_a_spinlock_t_sleeps_for_nothing_else(tmp_path, sleeps):
    with pytest.raises(SplxError, match=r"invalid context \(sleep where a spinlock_t is held"):
        run(tmp_path, CLOCKED.format(lock="outer", sleeps=sleeps))
    run(tmp_path, CLOCKED.format(lock="other", sleeps=sleeps).replace("cv =", 'other = Mutex("other")\ncv ='))


@pytest.mark.parametrize("call", ["splraise(IPL_NET)", "splsoftnet()"])
def test_where_sections_take_no_lock_a_level_is_refused_at_the_users_line(tmp_path, call):
    text = f"def helper() -> None:\n    splx({call})\n\n@thread(cpu=0)\ndef does() -> None:\n    helper()\n"
    with pytest.raises(SplxError) as refused:
        run(tmp_path, text, "linux-rt:bh=none")
    (found,) = refused.value.diagnostics
    assert (found.code, found.span.line) == ("S0303", HEAD.count("\n") + 2)
    assert "take a mutex of that level" in found.help
    run(tmp_path, text)


LOADED = """
nic = NIC("nic", Periodic(us(50)), ring=64)
tick = Clock("tick", Periodic(us(333)))

@softint(IPL_SOFTNET, finishes=nic)
def receive() -> None:
    work(us(30))

@softint(IPL_SOFTCLOCK)
def timers() -> None:
    work(us(1))

@handler(nic, IPL_NET, defer=True, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass
    softint_schedule(receive)

@handler(tick, IPL_CLOCK, mpsafe=True)
def hardclock() -> None:
    tick.ack()
    softint_schedule(timers)

@periodic(us(777), priority=PRI_USER_RT + 40, cpu=0)
def control() -> None:
    work(us(5))
"""


def test_a_thread_above_the_handlers_does_not_wait_for_their_soft_work(tmp_path):
    late = {each: run(tmp_path, LOADED, each).source("control").finish.most for each in ("linux", "linux-rt")}
    assert late["linux"] > 30 * UNITS["us"]
    assert late["linux-rt"] < 15 * UNITS["us"]


SHARED = """

class Sums(Struct):
    done: i64

sums = Sums()

def use(n: int) -> None:
    while True:
        with inner:
            work(us(1))
            sums.done += 1
        with outer:
            work(us(1))
        if mutex_tryenter(outer):
            work(us(2))
            mutex_exit(outer)
        if choose(3) == 0:
            yield_()
        s = splsoftnet()
        work(us(1))
        splx(s)
        count(rounds, 1)

rounds = Statistic("rounds")
for n in range(6):
    thread(f"use{n}", cpu=n % 3 if n < 3 else None, priority=PRI_USER + 30 * n if n < 5 else PRI_USER_RT, arg=n)(use)
"""


def test_threads_of_all_priorities_share_locks_on_three_cpus(tmp_path):
    assert run(tmp_path, LOADED + SHARED, ms=5).statistics["rounds"] > 300


CROWDED = """
a, b, m = Mutex("a", IPL_NET), Mutex("b", IPL_NET), Mutex("m")
ready = Condvar("ready")
jobs, waits = Statistic("jobs"), Statistic("waits")
PRIORITIES = (PRI_USER + 5, PRI_USER + 5, PRI_USER + 5, PRI_USER + 5, PRI_USER + 30, PRI_USER_RT + 40)
disk = Disk("disk", Periodic(us(40)))

class Box(Struct):
    ready: i64

box = Box()

@softint(IPL_SOFTBIO)
def blocks() -> None:
    work(us(1))
    if choose(4) != 0:
        softint_schedule(blocks)

@softint(IPL_SOFTSERIAL)
def characters() -> None:
    with b:
        work(us(1))

@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    disk.pop()
    softint_schedule(blocks)
    softint_schedule(characters)

def job(n: int) -> None:
    what = choose(5)
    if what == 0:
        with b, a:
            work(us(2))
    elif what == 1:
        with a:
            work(us(4))
            box.ready += 1
            cv_signal(ready)
    elif what == 2:
        if mutex_tryenter(m):
            work(us(3))
            mutex_exit(m)
        with m:
            work(us(2))
    elif what == 3:
        s = splraise(IPL_NET)
        splx(splraise(IPL_SOFTNET))
        t = splhigh()
        splx(splhigh())
        splx(t)
        splx(IPL_HIGH)
        softint_schedule(blocks)
        splx(s)
    else:
        with a:
            with b2:
                work(us(3))
    count(jobs, 1)

b2 = Mutex("b2", IPL_NET)
for number, priority in enumerate(PRIORITIES):
    periodic(us(23) + us(7) * number, priority=priority, cpu=number % 2, arg=number, name=f"job{number}")(job)

@thread(priority=PRI_USER)
def waiter() -> None:
    while True:
        with a:
            work(us(4))
            while box.ready == 0:
                cv_wait(ready, a)
            box.ready -= 1
        with b:
            work(us(2))
        count(waits, 1)
"""


def test_locks_of_all_kinds_are_left_and_lent_as_it_comes(tmp_path):
    counts = run(tmp_path, CROWDED, ms=20).statistics
    assert counts["jobs"] > 1000
    assert counts["waits"] > 20
