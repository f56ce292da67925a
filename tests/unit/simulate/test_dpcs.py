"""DPCs of Windows: for which a CPU is interrupted, and which wait for its next tick."""

import pytest

from splx.base.diagnostics import SplxError
from splx.base.units import UNITS
from splx.simulate.setup import Setup


def run(tmp_path, text, design, ms, cpus=2):
    (tmp_path / "driver.py").write_text("from splx.scenario import *\n" + text)
    return Setup(str(tmp_path / "driver.py"), design, "x86-2020", cpus=cpus, time=ms * UNITS["ms"]).run()


#: A card whose items another CPU finishes, which ticks once in a ms.
SENT = """
card = NIC("card", Periodic(ms(1), offset=us(200)), limit=3)
clock = Clock("clock", Periodic(ms(1)), cpu=1)
there = Statistic("there")

@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()

@softint({level}, mpsafe=True, finishes=card)
def last_words() -> None:
    count(there, cpu_number())

@softint(IPL_SOFTNET, mpsafe=True)
def another() -> None:
    pass

@softint(IPL_SOFTNET, mpsafe=True)
def one_more() -> None:
    pass

@softint(IPL_SOFTNET, mpsafe=True)
def fourth() -> None:
    pass

@handler(card, IPL_NET, mpsafe=True, defer=True)
def card_intr() -> None:
    card.pop()
    softint_schedule_cpu(last_words, {cpu})
    if {others}:
        softint_schedule_cpu(another, 1)
        softint_schedule_cpu(one_more, 1)
        softint_schedule_cpu(one_more, 1)
        softint_schedule_cpu(fourth, 1)
"""


@pytest.mark.parametrize(
    ("importance", "level", "others", "cpu", "waits"),
    [
        ("medium", "IPL_SOFTNET", False, 1, True),
        ("medium", "IPL_SOFTNET", True, 1, False),
        ("medium", "IPL_SOFTNET", False, 0, False),
        ("level", "IPL_SOFTSERIAL", False, 1, False),
        ("rate", "IPL_SOFTCLOCK", False, 1, True),
    ],
)
def test_another_cpu_is_interrupted_for_what_is_urgent(tmp_path, importance, level, others, cpu, waits):
    text = SENT.format(level=level, others=others, cpu=cpu)
    result = run(tmp_path, text, f"windows:importance={importance}", ms=4)
    assert result.statistics["there"] == 3 * cpu
    assert (result.source("card").finish.least > 700 * UNITS["us"]) == waits


def test_what_waits_for_a_tick_needs_a_clock(tmp_path):
    text = SENT.format(level="IPL_SOFTNET", others=False, cpu=1).replace("    hardclock()\n", "")
    with pytest.raises(SplxError) as refused:
        run(tmp_path, text, "windows", ms=1)
    assert "`windows` leaves DPCs for other CPUs to their next tick, and nobody calls" in str(refused.value)


#: Between two ticks nine calls, of which the last may wait.
MANY = """
clock = Clock("clock", Periodic(ms(1)))
card = NIC("card", Periodic(us(100), offset=us(50)))
late = Statistic("late")

class Box(Struct):
    ticks: i64
    calls: i64
    asked: i64

box = Box()

@softint(IPL_SOFTNET, mpsafe=True)
def at_once() -> None:
    pass

@softint(IPL_SOFTCLOCK, mpsafe=True)
def may_wait() -> None:
    if box.ticks != box.asked:
        count(late, 1)

@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    box.ticks += 1
    box.calls = 0
    hardclock()

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    box.calls += 1
    if box.calls < 9:
        softint_schedule(at_once)
    else:
        if box.calls == 9:
            box.asked = box.ticks
            softint_schedule(may_wait)
"""


@pytest.mark.parametrize(("importance", "late"), [("level", 49), ("rate", 5)])
def test_where_few_come_the_queue_need_not_be_deep(tmp_path, importance, late):
    """From 4 to 1 in three ticks, and after 20 without a find one more, for a tick."""
    assert run(tmp_path, MANY, f"windows:importance={importance}", ms=50, cpus=1).statistics["late"] == late
