"""No axis can be dropped: for each there are two designs, or two settings of one, that differ in it alone, or in what
it brings with it, and a run shows what that makes.
"""

from dataclasses import replace

import pytest

from splx.base.units import UNITS
from splx.machine.models import load as model
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.vectors import AXES, differs
from splx.simulate import simulate
from splx.simulate.uncontended import operations

LINUX = design("linux")
#: Linux without kernel preemption: `preempt=none`.
NEVER = replace(
    LINUX,
    mechanisms=tuple("preempt_never" if each == "preempt" else each for each in LINUX.mechanisms),
    vector={**LINUX.vector, "preempt": "R0"},
)

SOFT_WORK = """
from splx.scenario import *

nic = NIC("nic", Periodic(us(100)), ring=64)

@softint(IPL_SOFTNET, finishes=nic)
def soft() -> None:
    work(us(1))

@softint(IPL_SOFTCLOCK)
def again() -> None:
    work(us(20))
    softint_schedule(again)

@handler(nic, IPL_NET, defer=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass
    softint_schedule(soft)
    softint_schedule(again)

@thread(priority=PRI_USER_RT)
def above() -> None:
    while True:
        work(us(10))
"""

ABOVE_THE_THREADS = """
from splx.scenario import *

nic = NIC("nic", Periodic(us(100)))

@handler(nic, IPL_NET)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass

@thread(priority=PRI_USER_RT + 40)
def above() -> None:
    while True:
        work(us(10))
"""

BIG_LOCK = """
from splx.scenario import *

SAFE = Param("safe", 0)
nic = NIC("nic", Periodic(us(100), offset=us(10)), cpu=0)

@handler(nic, IPL_NET, mpsafe=SAFE != 0)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass

@thread(cpu=1)
def old_code() -> None:
    while True:
        kernel_lock()
        work(us(80))
        kernel_unlock()
        work(us(20))
"""

INVERSION = """
from splx.scenario import *

timer = OneShot("never")
table = Mutex("table", IPL_NONE, ceiling=PRI_USER + 3)
gone = Statistic("high is through")

@handler(timer, IPL_CLOCK, mpsafe=True)
def timer_intr() -> None:
    timer.ack()

@thread(priority=PRI_USER, cpu=0)
def low() -> None:
    with table:
        work(us(100))

@periodic(ms(1), us(20), priority=PRI_USER + 2, cpu=0)
def middle() -> None:
    work(us(900))

@periodic(ms(1), us(10), priority=PRI_USER + 3, cpu=0)
def high() -> None:
    with table:
        work(us(1))
"""

BETTER = """
from splx.scenario import *

@periodic(us(200), priority=PRI_USER_RT, cpu=0)
def control() -> None:
    work(us(1))

@thread(cpu=0, priority=PRI_USER)
def in_the_kernel() -> None:
    while True:
        work(us(150))
        yield_()
"""


NOBODYS = """
from splx.scenario import *

laps = Statistic("laps")
card = NIC("card", Periodic(ms(1), offset=us(50)), limit=1)

@handler(card, IPL_NET)
def card_intr() -> None:
    intr_stray()
    work(us(1))

@thread(cpu=0)
def user() -> None:
    while True:
        work(us(100))
        count(laps, 1)
"""


@pytest.fixture
def run(tmp_path):
    def run_(text, which, time=2, **settings):
        (tmp_path / "pair.py").write_text(text)
        scenario = load_scenario(tmp_path / "pair.py", {name: str(value) for name, value in settings.items()})
        return simulate(build(scenario, which), model("ideal"), time=time * UNITS["ms"])

    return run_


def test_flow_a_line_that_is_masked_costs_two_accesses_more():
    mask, level = design("netbsd-2006-deferred"), design("netbsd-2006-deferred:line=level")
    assert differs(mask.vector, level.vector) == ("flow",)
    found = [operations(each)["line"] for each in (mask, level)]
    assert [len(each.entry + each.exit) for each in found] == [3, 1]


def test_flow_one_driver_under_two_chips_of_linux():
    fasteoi, level = design("linux"), design("linux:chip=level")
    assert differs(fasteoi.vector, level.vector) == ("flow",)
    assert [operations(each)["line"].kept for each in (fasteoi, level)] == [("flag", "service"), ("mask", "flag")]


def test_mask_a_level_in_hardware_is_written_at_each_change():
    eager, deferred = design("netbsd-2006"), design("netbsd-2006-deferred")
    assert differs(eager.vector, deferred.vector) == ("mask",)
    found = [operations(each)["line"] for each in (eager, deferred)]
    assert [(each.entry + each.exit).count("level") for each in found] == [6, 0]


def test_mask_pcplusmp_writes_a_register_and_apix_a_word():
    found = [operations(design(f"solaris:psm={psm}"))["edge"] for psm in ("pcplusmp", "apix")]
    assert [(each.entry, each.exit) for each in found] == [(("eoi", "level"), ("level",)), (("eoi",), ())]


def test_queue_soft_work_left_to_a_thread_waits_for_the_threads_above_it(run):
    inline, waits = design("linux:ksoftirqd=inline"), design("linux:ksoftirqd=waits")
    assert differs(inline.vector, waits.vector) == ("queue",)
    done = [run(SOFT_WORK, each).source("nic").done for each in (inline, waits)]
    assert done[0] > 15
    assert done[1] < 3


def test_carrier_a_handler_that_is_a_thread_waits_for_better_threads(run):
    hard, threaded = design("linux"), design("linux-threadirqs")
    assert {"carrier", "flow", "top half"} <= set(differs(hard.vector, threaded.vector))
    assert "mask" not in differs(hard.vector, threaded.vector)
    assert [run(ABOVE_THE_THREADS, each).source("nic").done for each in (hard, threaded)] == [21, 0]


def test_lock_a_handler_that_is_mpsafe_does_not_wait_for_the_big_lock(run):
    unsafe, safe = (run(BIG_LOCK, design("netbsd-5"), safe=each).source("nic").finish.most for each in (0, 1))
    assert unsafe > 50 * UNITS["us"]
    assert safe == 0


def test_priority_whoever_is_lent_to_is_not_kept_from_running(run):
    fifo, inherit = design("textbook:lock=fifo"), design("textbook:lock=inherit")
    assert differs(fifo.vector, inherit.vector) == ("priority",)
    late = [run(INVERSION, each, time=1).source("high") for each in (fifo, inherit)]
    assert late[0].done == 0
    assert late[1].finish.most < 120 * UNITS["us"]


def test_preempt_a_better_thread_waits_for_one_in_the_kernel(run):
    assert differs(LINUX.vector, NEVER.vector) == ("preempt",)
    late = [run(BETTER, each).source("control").finish.most for each in (LINUX, NEVER)]
    assert late[0] < 2 * UNITS["us"]
    assert late[1] > 50 * UNITS["us"]


def test_overload_a_line_that_is_nobodys_is_shut(run):
    off, on = design("linux:irqdebug=off"), design("linux:irqdebug=3")
    assert differs(off.vector, on.vector) == ("overload",)
    masking = design("linux:irqdebug=3,chip=level")
    assert [run(NOBODYS, each).statistics["laps"] for each in (off, on, masking)] == [0, 19, 19]


#: A pair in another file: freebsd, and xnu, with a filter and without.
ELSEWHERE = {"top half": "test_filters"}


def test_each_axis_has_a_pair():
    shown = {name.split("_")[1] for name in globals() if name.startswith("test_")}
    assert {axis for axis in AXES if axis not in shown} == set(ELSEWHERE)
