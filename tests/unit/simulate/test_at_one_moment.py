"""What happens at one moment in seldom taken ways: two CPUs at one word, an interrupt between a look and a store."""

import pytest

from splx.base.units import UNITS
from splx.kernel.interface.levels import NODEV
from splx.scenario.build import lines
from splx.simulate.setup import Setup


def run(tmp_path, text, design, cpus=2, us=1000, machine="x86-2020"):
    (tmp_path / "driver.py").write_text("from splx.scenario import *\n" + text)
    return Setup(str(tmp_path / "driver.py"), design, machine, cpus=cpus, time=us * UNITS["us"]).run()


#: Three CPUs that want one spin lock, each for a moment.
SPUN = """
line = Mutex("line", IPL_CLOCK)
turns = Statistic("turns")

class Box(Struct):
    inside: i64 = atomic()

box = Box()

def user(n: int) -> None:
    while True:
        with line:
            assert box.inside == 0
            box.inside = 1
            work(ns(300))
            box.inside = 0
        work(choose(8) * ns(50))
        count(turns, 1)

for number in range(3):
    thread(f"user{number}", cpu=number, arg=number)(user)
"""


@pytest.mark.parametrize("design", ["sel4"])
def test_a_spin_lock_that_two_wait_for_is_had_by_one(tmp_path, design):
    assert run(tmp_path, SPUN, design, cpus=3, us=100).statistics["turns"] > 75


#: A poll routine is asked for by three CPUs while it says that it is through, now and then.
ASKED = """
polls = Statistic("polls")
again = Statistic("again")
asked = Statistic("asked")

def nothing(unused: int, budget: int) -> int:
    work(choose(POLLS) * ns(100))
    if napi_complete(napi):
        count(polls, 1)
    else:
        count(again, 1)
    return 0

napi = Napi(nothing, 4, name="poll")

def asks(n: int) -> None:
    while True:
        work(choose(GAP) * ns(100))
        napi_schedule(napi)
        count(asked, 1)

for number in range(3):
    thread(f"asks{number}", cpu=number, arg=number)(asks)
"""


@pytest.mark.parametrize(
    ("design", "cpus", "polls", "gap"),
    [("linux", 3, 8, 16), ("linux-napi-threaded", 4, 4, 32), ("netbsd-5", 3, 8, 16)],
)
def test_a_poll_that_ends_while_it_is_asked_for_is_polled_again(tmp_path, design, cpus, polls, gap):
    counts = run(tmp_path, f"POLLS, GAP = {polls}, {gap}\n{ASKED}", design, cpus).statistics
    assert counts["polls"] > 0
    assert counts["again"] > 0
    assert counts["polls"] + counts["again"] <= counts["asked"]


#: The card asks for its poll in between other soft work of the round that polls, and after it.
EMPTIED = """
clock = Clock("clock", Periodic(us(20)))
card = NIC("card", Periodic(us(7), jitter=us(5)), ring=16)
polls = Statistic("polls")

@softint(IPL_SOFTSERIAL)
def long() -> None:
    work(us(6))

@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    clock.ack()
    softint_schedule(long)
    napi_schedule(other_poll)

@handler(card, IPL_NET, mpsafe=True, defer=True)
def card_intr() -> None:
    card.disable()
    napi_schedule(card_poll)

@poll(finishes=card)
def card_poll(budget: int) -> int:
    n = 0
    while n < budget and card.pop() != 0:
        n += 1
    if n < budget and napi_complete(card_poll):
        card.enable()
    return n

@poll()
def other_poll(budget: int) -> int:
    napi_complete(other_poll)
    count(polls, 1)
    return 0
"""


def test_a_round_that_finds_nothing_to_poll(tmp_path):
    result = run(tmp_path, EMPTIED, "linux", cpus=1)
    assert result.source("card").done >= result.source("card").arrived - 2
    assert result.statistics["polls"] >= 48


#: Edges that come as quickly as they are dealt with.
BUSY = """
card = NIC("card", Periodic(us(4), jitter=us(4)), trigger=EDGE, ring=64)

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    while card.pop() != 0:
        work(choose(8) * ns(150))
"""


@pytest.mark.parametrize("design", ["xnu", "qnx:attach=event", "freebsd"])
def test_edges_that_come_before_the_last_one_is_dealt_with(tmp_path, design):
    card = run(tmp_path, BUSY, design).source("card")
    assert card.arrived > 230
    assert card.done >= card.arrived - 3


#: DPCs of all importances, asked for with interrupts coming in between, of a line that goes to and fro.
CALLS = """
clock = Clock("clock", Periodic(us(50)))
card = NIC("card", Periodic(us(1), jitter=us(1)), trigger=EDGE, ring=64)
ran = Statistic("ran")

@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    clock.ack()
    hardclock()

@handler(card, IPL_BIO, mpsafe=True)
def card_intr() -> None:
    while card.pop() != 0:
        pass

def nothing(n: int) -> None:
    count(ran, 1)

high = [softint(IPL_SOFTSERIAL, mpsafe=True, name=f"high{n}", arg=n)(nothing) for n in range(4)]
high0, high1, high2, high3 = high
low = [softint(IPL_SOFTCLOCK, mpsafe=True, name=f"low{n}", arg=n)(nothing) for n in range(4)]
low0, low1, low2, low3 = low

@thread(cpu=0)
def user() -> None:
    while True:
        s = splhigh()
        softint_schedule(high0)
        softint_schedule(high1)
        softint_schedule(high2)
        softint_schedule(high3)
        softint_schedule(low0)
        softint_schedule(low1)
        softint_schedule(low2)
        softint_schedule(low3)
        splx(s)

@thread(cpu=1, priority=PRI_USER_RT)
def balancer() -> None:
    for n in range(10000):
        work(us(1))
        interrupt_distribute(card, n & 1)
"""


def test_dpcs_are_asked_for_while_their_cpu_is_interrupted(tmp_path):
    slow = "x86-2020:alu=20ns,mul=20ns,div=20ns"  # an interrupt often comes between a look at the log and the store
    result = run(tmp_path, CALLS, "windows:importance=level", machine=slow)
    assert result.statistics["ran"] > 1000
    assert result.source("card").done >= result.source("card").arrived - 10


#: Two callouts that threads of two CPUs schedule at once, so that they go from one CPU to the other.
CALLED = """
clocks = [Clock(f"clock{n}", Periodic(us(20), jitter=us(9)), cpu=n) for n in range(2)]
called = Statistic("called")
scheduled = Statistic("scheduled")

def clock_intr(clock: Clock) -> None:
    clock.ack()
    hardclock()

for clock in clocks:
    handler(clock, IPL_CLOCK, mpsafe=True, arg=clock)(clock_intr)

def late() -> None:
    count(called, 1)

def later() -> None:
    count(called, 1)

one = Callout(late, name="one", mpsafe=True)
two = Callout(later, name="two", mpsafe=True)

def user(n: int) -> None:
    while True:
        callout_schedule(one, 1)
        callout_stop(one)
        callout_schedule(two, 1)
        callout_stop(two)
        work(choose(8) * ns(50))
        count(scheduled, 2)

for number in range(2):
    thread(f"user{number}", cpu=number, arg=number)(user)
"""


@pytest.mark.parametrize("design", ["netbsd-5"])
def test_a_callout_moves_while_another_cpu_waits_for_its_lock(tmp_path, design):
    counts = run(tmp_path, CALLED, design, us=500).statistics
    assert counts["scheduled"] > 500
    assert counts["called"] < counts["scheduled"]


#: Whoever wants the mutex sees its owner off the CPU, says that it waits, and looks again: the owner is back.
BACK = """
clock = Clock("clock", Periodic(us(3), jitter=us(2)), cpu=0)
own = Mutex("own")
woken = Mutex("woken", IPL_CLOCK)
ready = Condvar("ready")
ended = Statistic("ended")

class Box(Struct):
    n: i64

box = Box()

@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    clock.ack()
    with woken:
        box.n += 1
        cv_signal(ready)

@thread(cpu=0, priority=PRI_USER_RT)
def above() -> None:
    while True:
        with woken:
            while box.n == 0:
                cv_wait(ready, woken)
            box.n = 0
        work(choose(4) * ns(100))

def user(n: int) -> None:
    while True:
        with own:
            work(choose(8) * ns(100))
        count(ended, 1)

for number in range(2):
    thread(f"user{number}", cpu=number, arg=number)(user)
"""


def test_who_says_that_it_waits_and_need_not(tmp_path):
    assert run(tmp_path, BACK, "xnu:wake=one", us=2000).statistics["ended"] > 100


#: The filter takes the item, says that its handler need not run, and leaves the rest to a soft interrupt.
LEFT = """
card = NIC("card", Periodic(us(20)), trigger=LEVEL)
left = Statistic("left")

@softint(IPL_SOFTNET, mpsafe=True, finishes=card)
def soft() -> None:
    count(left, 1)

def look() -> bool:
    card.pop()
    softint_schedule(soft)
    return False

@handler(card, IPL_NET, mpsafe=True, defer=True, filter=look)
def card_intr() -> None:
    pass
"""


def test_a_filter_that_has_taken_the_item_leaves_it_to_soft_work(tmp_path):
    result = run(tmp_path, LEFT, "xnu")
    assert result.source("card").done >= 48
    assert result.statistics["left"] >= 48


#: A handler that a system has for itself, of no device that anybody counts for.
OWN = """
card = NIC("card", Periodic(us(50)))
handled = Statistic("handled")

@handler(card, IPL_NET, mpsafe=True, defer=True)
def card_intr() -> None:
    work(us(5))
    while card.pop() != 0:
        count(handled, 1)
"""


def test_a_handler_of_no_device_leaves_no_marks_in_its_thread(tmp_path, monkeypatch):
    of_card = run(tmp_path, OWN, "freebsd")
    monkeypatch.setattr(lines, "device_of", lambda plan, device: NODEV)
    of_nobody = run(tmp_path, OWN, "freebsd")
    assert of_nobody.statistics["handled"] == of_card.statistics["handled"] >= 18
    assert of_card.source("card").start.most < of_nobody.source("card").start.least  # when the item is read, then
