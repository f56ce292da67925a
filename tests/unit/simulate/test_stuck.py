"""Deadlocks are findings: when nothing can move any more, and when some wait in a circle while the rest goes on."""

import pytest

from splx.base.diagnostics import Findings
from splx.kernel.kernel_lock_2006 import klock
from splx.machine.models import load as load_model
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.simulate.setup import Setup
from splx.simulate.stuck import Look
from splx.stage.load import load

HEAD = """from splx.lang.kernel import spin_while
from splx.scenario import *

"""
CROSSED = """
first = Mutex("first", {level})
second = Mutex("second", {level})

@thread("one", cpu=0)
def one() -> None:
    with first:
        work(us(5))
        {between}
        with second:
            pass

@thread("other", cpu={cpu})
def other() -> None:
    with second:
        work(us(5))
        {between}
        with first:
            pass
"""
CLOCK = """
clock = Clock("clock0", Periodic(us(100)), cpu={cpu})

@handler(clock, IPL_CLOCK)
def tick() -> None:
    pass
"""
SPINS = CROSSED.format(level="IPL_NET", between="work(us(1))", cpu=1)
SLEEPS = CROSSED.format(level="IPL_NONE", between="yield_()", cpu=0)
ALL = ("netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5", "textbook")


@pytest.fixture
def run(tmp_path):
    def write(text, **how):
        path = tmp_path / "it.py"
        path.write_text(HEAD + text)
        return Setup(str(path), time=10**10, **how).run()

    return write


def finding(run, text, **how):
    with pytest.raises(Findings) as caught:
        run(text, **how)
    (only,) = caught.value.diagnostics
    assert only.code == "K0014"
    return only


def said(it):
    """Who waits for what, without since when."""
    return [label.split(", since")[0] for label in (it.label, *(label for _, label in it.related))]


# ---- circles


@pytest.mark.parametrize("design", ["netbsd-2006", "netbsd-2006-deferred", "netbsd-5"])
@pytest.mark.parametrize("clock", ["", CLOCK.format(cpu=0)], ids=["alone", "while a clock goes on"])
def test_two_spin_locks_taken_in_both_orders_on_two_cpus(run, design, clock):
    it = finding(run, SPINS + clock, design=design, cpus=2)
    assert it.message == "each waits for a lock that the next one holds"
    assert said(it) == ["cpu0 spins on second.word, held by cpu1", "cpu1 spins on first.word, held by cpu0"]


@pytest.mark.parametrize("design", ALL)
@pytest.mark.parametrize("clock", ["", CLOCK.format(cpu=0)], ids=["alone", "while a clock goes on"])
def test_two_sleeping_locks_taken_in_both_orders(run, design, clock):
    it = finding(run, SLEEPS + clock, design=design)
    assert said(it) == ["one sleeps on second, held by other", "other sleeps on first, held by one"]


BIG = """
nic = NIC("nic0", Periodic(us(20)), cpu=0)
lock = Mutex("lock", IPL_BIO)

@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()

@thread("one", cpu=0)
def one() -> None:
    with lock:
        work(us(50))

@thread("other", cpu=1)
def other() -> None:
    work(us(10))
    kernel_lock()
    work(us(20))
    with lock:
        pass
    kernel_unlock()
"""


def test_a_circle_through_the_big_lock(run):
    """A lock below the level of a handler that takes the big lock: the order problem of 2006."""
    it = finding(run, BIG, design="netbsd-2006", cpus=2)
    assert it.message == "each waits for a lock that the next one holds"
    assert said(it) == ["cpu1 spins on lock.word, held by cpu0"]
    assert it.notes[0].startswith("cpu0 spins on klock.lk_flags, held by cpu1, since 2")


# ---- nothing can move


FLAG = """
class Flag(Struct):
    up: i64 = atomic()

flag = Flag()
"""
WAITS = (
    FLAG
    + """
@thread("waits")
def waits() -> None:
    {first}
    spin_while(flag.up == 0)
"""
)


def test_a_spin_that_nobody_is_left_to_end(run):
    it = finding(run, WAITS.format(first="work(us(3))"))
    assert it.message == "nothing can move any more"
    assert said(it) == ["cpu0 spins on flag.up"]


def test_a_spin_with_the_level_in_hardware_above_all_that_goes_on(run):
    it = finding(run, WAITS.format(first="splhigh()") + CLOCK.format(cpu=0), design="netbsd-2006")
    assert said(it) == ["cpu0 spins on flag.up"]


def test_a_spin_while_interrupts_go_on_is_a_note(run):
    result = run(WAITS.format(first="work(us(3))") + CLOCK.format(cpu=1), cpus=2)
    assert result.notes["waits cpu0"].startswith("cpu0 spins on flag.up, since 3.")


def test_a_spin_that_an_arrival_will_end_is_none(run):
    result = run(
        WAITS.format(first="work(us(3))")
        + """
clock = Clock("clock0", Periodic(us(100)))

@handler(clock, IPL_CLOCK)
def tick() -> None:
    flag.up = 1
"""
    )
    assert result.source("waits").kind == "thread"
    assert not [each for each in result.notes if each.startswith("waits")]


def test_a_thread_that_sleeps_for_an_event_that_will_not_come_is_a_note(run):
    result = run("""
lock = Mutex("lock", IPL_NONE)
ready = Condvar("ready")

@thread("reader")
def reader() -> None:
    with lock:
        cv_wait(ready, lock)
""")
    assert result.notes["waits reader"] == "reader sleeps on ready"


# ---- what a finding shows


def test_it_points_at_the_users_lines_and_draws_the_last_steps(run):
    it = finding(run, SPINS, cpus=2)
    assert it.span.line < it.related[0][0].line
    assert [line for line in it.body.splitlines() if line.startswith("cpu")] == [
        "cpu0  spins, in one",
        "cpu1  spins, in other",
    ]


@pytest.mark.parametrize("engine", ["native", "plain"])
def test_it_is_the_same_under_both_engines(run, engine):
    it = finding(run, SPINS, cpus=2, engine=engine)
    assert (it.label, it.body) == (finding(run, SPINS, cpus=2).label, finding(run, SPINS, cpus=2).body)


def test_the_interlock_of_the_big_lock_of_2006_and_the_lock_are_held_by_whoever_each_of_them_says(tmp_path):
    """CPU 1 has the lock, and CPU 0 the interlock for a look at it: who waits for that does not wait for CPU 1."""
    path = tmp_path / "it.py"
    path.write_text(HEAD + BIG)
    system = build(load_scenario(path), design("netbsd-2006"), cpus=2)
    buffer = load(system, load_model("ideal"))
    flags, owner, interlock = (system.image.address_of(klock, each) for each in ("lk_flags", "lk_cpu", "lk_interlock"))
    memory = buffer.array("state.mem")
    memory[flags], memory[owner], memory[interlock] = 1, 2, 1
    look = Look(buffer, system)
    assert look.holder(flags) == ("cpu1", True)
    assert look.holder(interlock) == ("cpu0", True)
    assert look.holder(owner) == ("", False)  # that is waited for by nobody
