"""rwlock(9): who comes in when, who is handed the lock, and what a waiter lends to."""

import pytest

from splx.base.diagnostics import Findings, SplxError
from splx.base.units import UNITS
from splx.simulate.setup import Setup

HEAD = """
from splx.scenario import *

table = RWLock("table")
gate = Mutex("gate")
go = Condvar("go")
"""


def run(tmp_path, text, **given):
    """What became of a driver of which this is the rest."""
    (tmp_path / "driver.py").write_text(HEAD + text)
    setup = {"design": "netbsd-5", "machine": "ideal", "time": UNITS["ms"], "cpus": 1} | given
    return Setup(str(tmp_path / "driver.py"), **setup).run()


@pytest.mark.parametrize("design", ["netbsd-5", "linux-rt", "netbsd-2006", "dragonfly", "windows"])
def test_readers_are_together_and_a_writer_is_alone(tmp_path, design):
    run(tmp_path, """
@thread(cpu=0)
def all_of_it() -> None:
    rw_enter(table, RW_READER)
    another_reader = rw_tryenter(table, RW_READER)
    beside_readers = rw_tryenter(table, RW_WRITER)
    assert another_reader and not beside_readers
    assert rw_lock_held(table) and not rw_write_held(table)
    rw_exit(table)
    rw_exit(table)
    assert not rw_lock_held(table)
    alone = rw_tryenter(table, RW_WRITER)
    beside_a_writer = rw_tryenter(table, RW_READER)
    assert alone and not beside_a_writer
    assert rw_write_held(table)
    rw_downgrade(table)
    assert rw_lock_held(table) and not rw_write_held(table)
    beside_one_who_wrote = rw_tryenter(table, RW_READER)
    assert beside_one_who_wrote
    rw_exit(table)
    rw_exit(table)
""", design=design)  # fmt: skip


#: A holder that sleeps with the lock for 100 us. Three come for it, on CPUs of their own, one after the other.
QUEUED = """
HOLDS, SECOND, THIRD = Param("HOLDS", 0), Param("SECOND", 0), Param("THIRD", 0)
DOWNGRADES = Param("DOWNGRADES", 0)
first, second, third, left = Statistic("first"), Statistic("second"), Statistic("third"), Statistic("left")

class Seen(Struct):
    said: i64 = guarded_by("gate")
    turn: i64 = atomic()

seen = Seen()

@thread(cpu=0)
def holder() -> None:
    rw_enter(table, HOLDS)
    with gate:
        while seen.said == 0:
            cv_wait(go, gate)
    if DOWNGRADES == 1:
        rw_downgrade(table)
        work(us(50))
    seen.turn += 1
    count(left, seen.turn)
    rw_exit(table)

@thread(cpu=0)
def waker() -> None:
    work(us(100))
    with gate:
        seen.said = 1
        cv_signal(go)

@thread(cpu=1)
def writer() -> None:
    work(us(10))
    rw_enter(table, RW_WRITER)
    seen.turn += 1
    count(first, seen.turn)
    work(us(5))
    rw_exit(table)

@thread(cpu=2)
def another() -> None:
    work(us(20))
    rw_enter(table, SECOND)
    seen.turn += 1
    count(second, seen.turn)
    work(us(5))
    rw_exit(table)

@thread(cpu=3)
def last() -> None:
    work(us(30))
    rw_enter(table, THIRD)
    work(us(1))
    seen.turn += 1
    count(third, seen.turn)
    rw_exit(table)
"""

R, W = 0, 1


@pytest.mark.parametrize(
    ("holds", "second", "third", "order"),
    [
        (R, R, R, ["left", "first", "second", "third"]),  # readers' to the writer, whose goes to all readers
        (W, R, R, ["left", "second", "third", "first"]),  # a writer's to all readers, theirs to the writer
        (R, W, R, ["left", "first", "third", "second"]),  # the first of two writers, all readers, the other writer
        (W, W, R, ["left", "third", "first", "second"]),
        (R, W, W, ["left", "first", "second", "third"]),  # writers only: all are woken, and compete
    ],
)
def test_a_lock_is_handed_over(tmp_path, holds, second, third, order):
    settings = (("HOLDS", str(holds)), ("SECOND", str(second)), ("THIRD", str(third)))
    result = run(tmp_path, QUEUED, cpus=4, settings=settings)
    assert sorted(order, key=result.statistics.get) == order


@pytest.mark.parametrize(
    ("design", "holds", "order"),
    [
        ("windows", R, ["left", "first", "second", "third"]),
        ("windows", W, ["left", "second", "third", "first"]),
        ("dragonfly", R, ["left", "first"]),  # who wants it alone has said so; then all are woken
        ("netbsd-2006", W, ["left"]),
    ],
)
def test_others_hand_it_over_too_or_wake_all(tmp_path, design, holds, order):
    result = run(tmp_path, QUEUED, cpus=4, settings=(("HOLDS", str(holds)),), design=design)
    assert sorted(["first", "second", "third", "left"], key=result.statistics.get)[: len(order)] == order


def test_readers_join_one_who_writes_no_more_and_the_writer_waits_on(tmp_path):
    result = run(tmp_path, QUEUED, cpus=4, settings=(("HOLDS", "1"), ("DOWNGRADES", "1")))
    order = ["second", "third", "left", "first"]
    assert sorted(order, key=result.statistics.get) == order


#: `high` waits for the mutex of `between`, which waits for the rwlock of `low`; `middle` computes. One CPU.
CHAIN = """
LOW = Param("LOW", 0)
inner = Mutex("inner")

class Box(Struct):
    step: i64 = guarded_by("gate")

box = Box()

def until(step: int) -> None:
    with gate:
        while box.step < step:
            cv_wait(go, gate)

def to(step: int) -> None:
    with gate:
        box.step = step
        cv_broadcast(go)

@thread(priority=PRI_USER, cpu=0)
def low() -> None:
    rw_enter(table, LOW)
    to(1)
    work(us(3))
    rw_exit(table)

@thread(priority=PRI_USER_RT, cpu=0)
def between() -> None:
    until(1)
    with inner:
        to(2)
        rw_enter(table, RW_WRITER)
        rw_exit(table)

@thread(priority=PRI_USER_RT + 1, cpu=0)
def middle() -> None:
    until(2)
    work(us(500))

took = Statistic("took")
clock = Clock("clock", Periodic(us(1)))

class Time(Struct):
    now: i64 = atomic()

time = Time()

@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    clock.ack()
    time.now += 1

@thread(priority=PRI_USER_RT + 2, cpu=0)
def high() -> None:
    until(2)
    with inner:
        count(took, time.now)
"""


@pytest.mark.parametrize(
    ("design", "held_to", "reached_after"),
    [("netbsd-5", "1", (3, 10)), ("netbsd-5", "0", (500, 520)), ("linux-rt", "1", (3, 10))],
)
def test_lending_goes_through_a_writer_and_ends_at_a_reader(tmp_path, design, held_to, reached_after):
    least, most = reached_after
    result = run(tmp_path, CHAIN, settings=(("LOW", held_to),), design=design)
    assert least <= result.statistics["took"] <= most


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rw_exit(table)", "rw_exit: nobody holds it"),
        ("rw_enter(table, RW_WRITER)\n    rw_enter(table, RW_WRITER)", "locking against myself"),
        ("rw_enter(table, 2)", "rw_enter: RW_READER or RW_WRITER"),
        ("mutex_enter(spin)\n    rw_enter(table, RW_READER)", "rwlock while a spin mutex is held"),
        ("rw_tryenter(table, 2)", "rw_tryenter: RW_READER or RW_WRITER"),
        ("rw_downgrade(table)", "rw_downgrade: not held to write"),
        ("rw_enter(table, RW_READER)", "thread ended holding a mutex or an rwlock"),
    ],
)
def test_a_mistake_is_told_at_the_users_line(tmp_path, text, says):
    body = f"""
spin = Mutex("spin", IPL_VM)

@thread(cpu=0)
def wrong() -> None:
    {text}
"""
    with pytest.raises(Findings) as found:
        run(tmp_path, body)
    assert says in str(found.value)


#: What is told of the same mistakes by a kernel whose rwlock is an rt_mutex and a count.
BY_RT = {
    "rw_exit(table)": "rw_exit: nobody reads",
    "kpreempt_disable()\n    rw_enter(table, RW_READER)": "a lock that sleeps with preemption disabled",
    "splraise(IPL_SOFTNET)\n    rw_enter(table, RW_READER)": "soft interrupts are disabled",
    "rw_downgrade(table)": "rw_downgrade: not held to write",
}


@pytest.mark.parametrize("text", BY_RT)
def test_and_by_one_that_sleeps_on_an_rt_mutex(tmp_path, text):
    with pytest.raises(Findings) as found:
        run(tmp_path, f"@thread(cpu=0)\ndef wrong() -> None:\n    {text}\n", design="linux-rt")
    assert BY_RT[text] in str(found.value)


@pytest.mark.parametrize(
    ("design", "text", "says"),
    [
        ("netbsd-2006", "rw_exit(table)", "lockmgr: release of unlocked lock!"),
        (
            "netbsd-2006",
            "rw_enter(table, RW_WRITER)\n    rw_enter(table, RW_READER)",
            "lockmgr: locking against myself",
        ),
        ("dragonfly", "mutex_enter(spin)\n    rw_enter(table, RW_READER)", "lockmgr while a spin mutex is held"),
        ("netbsd-2006", "mutex_enter(spin)\n    rw_enter(table, RW_READER)", "lockmgr while a simple lock is held"),
        ("windows", "rw_exit(table)", "RESOURCE_NOT_OWNED: nobody has it"),
        (
            "windows",
            "splraise(IPL_SOFTNET)\n    rw_enter(table, 0)",
            "IRQL_NOT_LESS_OR_EQUAL (wait for a resource at DIS",
        ),
    ],
)
def test_and_by_those_who_share(tmp_path, design, text, says):
    body = f'spin = Mutex("spin", IPL_CLOCK)\n\n@thread(cpu=0)\ndef wrong() -> None:\n    {text}\n'
    with pytest.raises(Findings) as found:
        run(tmp_path, body, design=design)
    assert says in str(found.value)


def test_under_preempt_rt_readers_come_in_behind_a_writer_who_came_first(tmp_path):
    result = run(tmp_path, QUEUED, cpus=4, design="linux-rt")
    order = ["left", "first", "second", "third"]
    assert sorted(order, key=result.statistics.get) == order


def test_a_hard_handler_may_not(tmp_path):
    body = """
nic = NIC("nic", Periodic(us(20)))

@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    rw_enter(table, RW_READER)
    rw_exit(table)
"""
    with pytest.raises(Findings, match="rwlock in an interrupt that may not sleep"):
        run(tmp_path, body)
    assert run(tmp_path, body, design="doran-2006").source("nic").done > 40  # its handlers are threads


def test_a_kernel_without_them_says_so_at_the_declaration_and_at_the_calls(tmp_path):
    with pytest.raises(SplxError) as refused:
        run(tmp_path, ANYTHING, design="textbook")
    assert "`table` is an rwlock, and `textbook` has none" in str(refused.value)
    assert "`textbook` cannot honour `rw_enter`" in str(refused.value)


#: Anything, in any order, by threads on two CPUs; all that is there to go wrong is asserted.
ANYTHING = """
class Box(Struct):
    writer: i64 = guarded_by("table")

box = Box()
rounds = Statistic("rounds")

@thread(count=5, priority=PRI_USER_RT)
def user(me: int) -> None:
    for _ in range(40):
        op = choose(2)
        taken = True
        if choose(3) == 0:
            taken = rw_tryenter(table, op)
        else:
            rw_enter(table, op)
        if taken:
            assert box.writer == 0
            if op == RW_WRITER:
                box.writer = me + 1
            if choose(3) == 0:
                yield_()
            else:
                work(us(1) * (1 + choose(4)))
            if op == RW_WRITER:
                assert box.writer == me + 1
                box.writer = 0
                if choose(2) == 0:
                    rw_downgrade(table)
                    work(us(1))
            assert box.writer == 0
            rw_exit(table)
        count(rounds, 1)
        if choose(4) == 0:
            yield_()
"""


@pytest.mark.parametrize("design", ["netbsd-5", "solaris", "freebsd", "linux", "linux-rt", "thomas-2007"])
def test_whatever_they_do_they_all_come_to_an_end(tmp_path, design):
    result = run(tmp_path, ANYTHING, cpus=2, design=design, machine="x86-2020", time=20 * UNITS["ms"])
    assert result.statistics["rounds"] == 200


#: As fast as they can, on four CPUs: words change between a look and what follows from it.
HAMMERED = """
class Box(Struct):
    writer: i64 = guarded_by("table")

box = Box()
rounds = Statistic("rounds")

@thread(count=8)
def user(me: int) -> None:
    for _ in range(60):
        if choose(4) == 0:
            rw_enter(table, RW_WRITER)
            assert box.writer == 0
            box.writer = 1
            box.writer = 0
        else:
            rw_enter(table, RW_READER)
            assert box.writer == 0
        rw_exit(table)
        count(rounds, 1)
        if choose(8) == 0:
            yield_()
"""


@pytest.mark.parametrize("design", ["netbsd-5", "linux-rt"])
def test_on_four_cpus_at_once(tmp_path, design):
    result = run(tmp_path, HAMMERED, cpus=4, design=design, machine="x86-2020", time=20 * UNITS["ms"])
    assert result.statistics["rounds"] == 480
