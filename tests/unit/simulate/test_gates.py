"""Gates of XNU's work loops: callers and handlers behind one, who sleep with it open."""

import pytest

from splx.base.diagnostics import SplxError
from splx.base.units import UNITS
from splx.simulate.setup import Setup

#: A handler that waits for a thread, and threads of two CPUs that close the gate as often as they like.
GATED = """
from splx.scenario import *

card = NIC("card", Periodic(us(50)), limit=10)
clock = Clock("clock", Periodic(us(70)))
given = Condvar("given")
inside = Statistic("inside")

class Box(Struct):
    stock: i64
    within: i64

box = Box()

@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    count(inside, box.within)
    close_gate(card)
    while box.stock == 0:
        sleep_gate(card, given)
    open_gate(card)
    box.stock -= 1
    card.pop()

@thread("near", cpu=0)
@thread("far", cpu=1)
def giver(n: int) -> None:
    while True:
        close_gate(card)
        close_gate(card)
        box.within = 1
        work(us(3))
        box.stock = min(box.stock + 1, 1)
        wakeup_gate(given)
        open_gate(card)
        box.within = 0
        open_gate(card)
        work(us(40))
"""

CLOSE, OPEN, ACK = "        close_gate(card)\n", "        open_gate(card)\n", "    clock.ack()\n"


def run(tmp_path, text):
    (tmp_path / "driver.py").write_text(text)
    return Setup(str(tmp_path / "driver.py"), "xnu", "x86-2020", cpus=2, time=UNITS["ms"]).run()


def test_what_is_behind_a_gate_is_done_one_after_another_and_who_sleeps_leaves_it_open(tmp_path):
    result = run(tmp_path, GATED)
    assert result.source("card").done == 10
    assert result.statistics["inside"] == 0


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (
            "        close_gate(card)\n        close_gate(card)\n",
            "        sleep_gate(card, given)\n",
            "outside the gate",
        ),
        ("    clock.ack()\n", "    clock.ack()\n    sleep_gate(card, given)\n", "in primary interrupt context"),
    ],
)
def test_nobody_sleeps_without_the_gate_or_in_the_interrupt_itself(tmp_path, before, after, says):
    with pytest.raises(SplxError) as refused:
        run(tmp_path, GATED.replace(before, after))
    assert f"kIOReturnNotPermitted (commandSleep {says})" in str(refused.value)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (
            "        wakeup_gate(given)\n",
            "        open_gate(card)\n        open_gate(card)\n",
            "openGate outside the gate",
        ),
        ("    clock.ack()\n", "    clock.ack()\n    close_gate(card)\n", "closeGate in primary interrupt context"),
        (
            "        close_gate(card)\n        close",
            "        close_gate(clock)\n        close",
            "the line has no work loop",
        ),
    ],
)
def test_a_gate_is_closed_by_threads_and_opened_by_who_has_closed_it(tmp_path, before, after, says):
    with pytest.raises(SplxError) as refused:
        run(tmp_path, GATED.replace(before, after))
    assert says in str(refused.value)


#: A card that answers after so many microseconds, and a caller who waits for two ticks at the most: of every 100, the
#: first at the start.
IN_TIME = """
from splx.scenario import *

card = Disk("card", ClosedLoop(us({answers})))
clock = Clock("clock", Periodic(us(100)))
done = Condvar("done")
late = Statistic("late")
again = Statistic("again")

class Box(Struct):
    asked: i64

box = Box()

@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    if card.pop() != 0:
        box.asked = 0
        wakeup_gate(done)

@thread("caller")
def caller() -> None:
    close_gate(card)
    close_gate(card)
    box.asked = 1
    card.submit()
    while box.asked != 0:
        if sleep_gate_deadline(card, done, 2) == EWOULDBLOCK:
            count(late, 1)
        count(again, 1)
    open_gate(card)
    open_gate(card)
"""


@pytest.mark.parametrize(("answers", "late", "again"), [(50, 0, 1), (150, 1, 2), (250, 1, 2), (350, 2, 3), (650, 3, 4)])
def test_who_sleeps_behind_a_gate_may_be_late_and_has_it_closed_as_before(tmp_path, answers, late, again):
    (tmp_path / "driver.py").write_text(IN_TIME.format(answers=answers))
    result = Setup(str(tmp_path / "driver.py"), "xnu", "ideal", time=UNITS["ms"]).run()
    assert result.source("card").done == 1
    assert (result.statistics["late"], result.statistics["again"]) == (late, again)


def test_an_action_has_no_deadline(tmp_path):
    text = IN_TIME.format(answers=50)
    wakes = "        wakeup_gate(done)\n"
    (tmp_path / "driver.py").write_text(text.replace(wakes, "        sleep_gate_deadline(card, done, 1)\n"))
    with pytest.raises(SplxError, match="commandSleep with a deadline in an action"):
        Setup(str(tmp_path / "driver.py"), "xnu", "ideal", time=UNITS["ms"]).run()


def test_a_deadline_wants_a_clock(tmp_path):
    (tmp_path / "driver.py").write_text(IN_TIME.format(answers=50).replace("    hardclock()\n", ""))
    with pytest.raises(SplxError, match=r"S0121.*`caller` calls `sleep_gate_deadline`, and nobody calls `hardclock`"):
        Setup(str(tmp_path / "driver.py"), "xnu", "ideal", time=UNITS["ms"]).run()
