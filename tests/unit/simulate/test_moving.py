"""Lines that are sent to another CPU while the system runs: nothing is lost, and what Linux's flows do with an edge."""

import pytest

from splx.base.diagnostics import Findings
from splx.base.units import UNITS
from splx.simulate.setup import Setup

#: Edges come while the handler runs, and the line goes to and fro meanwhile.
TO_AND_FRO = """
from splx.scenario import *

card = NIC("card", Bursts(3, us(2), us(30)), trigger=EDGE)
wire = Disk("wire", Periodic(us(11), jitter=us(5)), trigger=LEVEL)
moves = Statistic("moves")

class Box(Struct):
    inside: i64 = atomic()

box = Box()

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    box.inside += 1
    {alone}
    while card.pop() != 0:
        work(us(3))
    box.inside -= 1

@handler(wire, IPL_BIO, mpsafe=True)
def wire_intr() -> None:
    while wire.pop() != 0:
        work(us(1))

@thread(cpu=1, priority=PRI_USER_RT)
def balancer() -> None:
    for n in range(10000):
        work(us(3))
        interrupt_distribute(card, n & 1)
        interrupt_distribute(wire, (n >> 1) & 1)
        count(moves, 1)
"""
#: How a handler says that no other CPU runs it; and where two may.
ALONE, BESIDE = "assert box.inside == 1", "work(ns(100))"


def run(tmp_path, text, design, ms=1):
    (tmp_path / "driver.py").write_text(text)
    return Setup(str(tmp_path / "driver.py"), design=design, machine="x86-2020", cpus=2, time=ms * UNITS["ms"]).run()


@pytest.mark.parametrize(
    ("design", "how"),
    [
        ("linux", ALONE),
        ("linux:edges=pend", ALONE),
        ("linux:edges=wait", ALONE),
        ("linux-threadirqs", ALONE),
        ("xnu", ALONE),
        ("netbsd-5", BESIDE),
    ],
)
def test_nothing_is_lost_and_some_kernels_run_a_handler_on_one_cpu_at_a_time(tmp_path, design, how):
    result = run(tmp_path, TO_AND_FRO.format(alone=how), design)
    assert result.statistics["moves"] > 60
    assert result.source("card").done >= result.source("card").arrived - 3
    assert result.source("wire").done >= result.source("wire").arrived - 2


def test_where_nobody_keeps_them_apart_two_cpus_run_a_handler(tmp_path):
    with pytest.raises(Findings) as found:
        run(tmp_path, TO_AND_FRO.format(alone=ALONE), "netbsd-5")
    assert "box.inside == 1" in str(found.value)


#: The line goes to the other CPU in the first handler, which is slower than the card.
FAST = """
from splx.scenario import *

card = NIC("card", Periodic(us(5), offset=us(5)), trigger=EDGE)
laps = Statistic("laps")

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    interrupt_distribute(card, 1)
    work(us(6))

@thread(cpu=0)
def user() -> None:
    for n in range(100):
        work(us(5))
        count(laps, 1)
"""


@pytest.mark.parametrize(("edges", "laps"), [("pend", 0), ("wait", 100)])
def test_e7_takes_a_cpu_for_ever(tmp_path, edges, laps):
    assert run(tmp_path, FAST, f"linux:edges={edges}").statistics["laps"] == laps


#: The handler waits for the other CPU, which is interrupted by the same line meanwhile.
ANSWERED = """
from splx.scenario import *

card = NIC("card", Periodic(us(5), offset=us(5)), trigger=EDGE, limit=2)

class Box(Struct):
    answered: i64 = atomic()

box = Box()

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    interrupt_distribute(card, 1)
    while box.answered == 0:
        pass

@thread(cpu=1)
def other() -> None:
    work(us(12))
    box.answered = 1
"""


def test_a7_stops_both_cpus(tmp_path):
    assert run(tmp_path, ANSWERED, "linux").source("card").done == 2
    stuck = run(tmp_path, ANSWERED, "linux:edges=wait")
    assert stuck.source("card").done == 0
    assert "spins on irqs.of[0].busy" in str(stuck.notes)


#: Two cards on one line, which either of them names.
SHARED = """
from splx.scenario import *

one = NIC("one", Periodic(us(20)), trigger=LEVEL, irq="both")
two = NIC("two", Never(), trigger=LEVEL, irq="both")

@handler(one, IPL_NET, mpsafe=True)
def one_intr() -> None:
    one.pop()

@handler(two, IPL_NET, mpsafe=True)
def two_intr() -> None:
    two.pop()

@thread(cpu=0)
def mover() -> None:
    interrupt_distribute(two, 1)
"""


def test_a_line_that_is_shared_moves_for_all(tmp_path):
    result = run(tmp_path, SHARED, "netbsd-5")
    here, there = (cpu.accounts.get("handler", 0) for cpu in result.cpus)
    assert here < there
    assert result.source("one").done >= 49


#: The line goes to a CPU that has nothing else to do.
FOLLOWED = """
from splx.scenario import *

card = NIC("card", Periodic(us(100), offset=us(100)), limit=100)
here, there = Statistic("here"), Statistic("there")
LAP = Constant(us(20))

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    while card.pop() != 0:
        if cpu_number() == 1:
            count(there, 1)
        else:
            count(here, 1)

@thread(cpu=1)
def mover() -> None:
    work(us(450))
    interrupt_distribute(card, 1)

@thread(cpu=0)
def user() -> None:
    while True:
        user_work(LAP)
"""


@pytest.mark.parametrize("design", ["linux", "linux-threadirqs", "linux-rt"])
def test_the_thread_of_a_handler_goes_where_its_line_goes(tmp_path, design):
    counts = run(tmp_path, FOLLOWED, design, 11).statistics
    assert (counts["here"], counts["there"]) == (4, 96)
