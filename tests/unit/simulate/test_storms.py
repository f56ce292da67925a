"""Interrupts that are nobody's: counted under linux with `irqdebug`, and their line shut. Storms under freebsd with
`storm`, under dragonfly with `livelock`: the line pauses for a tick.
"""

import pytest

from splx.base.diagnostics import SplxError
from splx.base.units import UNITS
from splx.simulate.setup import Setup

HEAD = """
from splx.scenario import *

laps = Statistic("laps")

@thread(cpu=0)
def user() -> None:
    for _ in range(100):
        work(us(100))
        count(laps, 1)

"""
#: A card that is not what its handler takes it for, and asserts its line for ever.
NOBODYS = """
card = NIC("card", Periodic(ms(1), offset=us(50)), limit=1, trigger=LEVEL)

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    intr_stray()
"""
#: Two cards on one line: of each interrupt one handler says that it was not its own.
SHARED = """
one = NIC("one", Periodic(us(20)), trigger=LEVEL, irq="both")
two = NIC("two", Never(), trigger=LEVEL, irq="both")

@handler(one, IPL_NET, mpsafe=True)
def one_intr() -> None:
    one.pop()

@handler(two, IPL_NET, mpsafe=True)
def two_intr() -> None:
    intr_stray()
"""


def run(tmp_path, text, design, ms=10):
    (tmp_path / "driver.py").write_text(HEAD + text)
    return Setup(str(tmp_path / "driver.py"), design=design, machine="x86-2020", time=ms * UNITS["ms"]).run()


@pytest.mark.parametrize(("irqdebug", "times"), [("3", 3), ("1000", 1000)])
def test_a_line_whose_interrupts_are_nobodys_is_shut(tmp_path, irqdebug, times):
    result = run(tmp_path, NOBODYS, f"linux:irqdebug={irqdebug}")
    assert result.source("card").irqs == times
    assert result.statistics["SpuriousEvents.nobody_cared"] == 1
    assert result.statistics["laps"] > 90  # threads go on


@pytest.mark.parametrize("design", ["linux", "netbsd-5", "solaris"])
def test_a_kernel_that_does_not_count_them_does_nothing_else(tmp_path, design):
    assert run(tmp_path, NOBODYS, design, ms=2).statistics["laps"] < 1


def test_what_is_somebodys_on_a_shared_line_is_not_counted(tmp_path):
    result = run(tmp_path, SHARED, "linux:irqdebug=3")
    assert result.source("one").done == 500
    assert result.statistics["SpuriousEvents.nobody_cared"] == 0


@pytest.mark.parametrize("design", ["linux-threadirqs:irqdebug=1000", "linux-rt:irqdebug=1000"])
def test_what_a_handler_that_is_a_thread_says_is_not_counted_however_often(tmp_path, design):
    often = NOBODYS.replace("Periodic(ms(1), offset=us(50)), limit=1, trigger=LEVEL", "Periodic(us(50)), trigger=EDGE")
    result = run(tmp_path, often.replace("    intr_stray()", "    card.pop()\n    intr_stray()"), design)
    assert result.source("card").done == 200  # more than a word of 8 bits counts
    assert result.statistics["SpuriousEvents.nobody_cared"] == 0


#: The same card, whose handler makes no use of `intr_stray`, and a clock.
TICKING = """
card = NIC("card", Periodic(ms(1), offset=us(50)), limit=1, trigger=LEVEL)
clock = Clock("clock", Periodic(ms(1)))

@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    pass
"""


def test_a_line_that_storms_pauses_for_a_tick_each_time(tmp_path):
    result = run(tmp_path, TICKING, "freebsd:storm=500")
    pauses = result.statistics["StormEvents.storms"]
    assert 9 <= pauses <= 10  # one a tick, of 10
    assert result.source("card").irqs == 500 + pauses
    assert result.statistics["laps"] > 90


def test_a_line_over_its_rate_has_one_round_a_tick(tmp_path):
    result = run(tmp_path, TICKING, "dragonfly:livelock=50")
    counts = result.statistics
    assert (counts["LivelockEvents.engaged"], counts["LivelockEvents.removed"]) == (1, 0)
    assert 51 + 8 <= result.source("card").irqs <= 51 + 11  # a round each, and the last one waits
    assert counts["laps"] > 90


def test_a_line_that_has_calmed_down_is_let_go(tmp_path):
    calm = TICKING.replace("Periodic(ms(1), offset=us(50)), limit=1", "Periodic(us(1)), limit=55, ring=64")
    result = run(tmp_path, calm.replace("    pass\n", "    card.pop()\n"), "dragonfly:livelock=50", ms=12)
    assert result.source("card").done == 55  # 51 at once, 4 of 5 wakings, 0 of the next 5
    assert result.statistics["LivelockEvents.removed"] == 1


@pytest.mark.parametrize("again", ["0", "1"])
def test_a_call_without_an_end_is_a_bug_check_if_somebody_watches(again):
    setup = Setup("cases/e9", "windows:watchdog=10", time=7 * UNITS["ms"], settings=(("AGAIN", again), ("TICKS", "1")))
    if again == "0":
        assert setup.run().source("clock").done >= 69
        return
    with pytest.raises(SplxError) as stopped:
        setup.run()
    assert "DPC_WATCHDOG_VIOLATION: the CPU has spent the watchdog period in DPCs" in str(stopped.value)


@pytest.mark.parametrize("design", ["freebsd", "dragonfly"])
def test_without_that_nothing_else_runs(tmp_path, design):
    assert run(tmp_path, TICKING, design, ms=2).statistics["laps"] < 1


@pytest.mark.parametrize(
    ("design", "counted"),
    [("freebsd:storm=3", "StormEvents.storms"), ("dragonfly:livelock=1", "LivelockEvents.engaged")],
)
def test_a_line_that_rests_is_no_storm(tmp_path, design, counted):
    resting = TICKING.replace("limit=1, ", "").replace("    pass\n", "    card.pop()\n")
    assert run(tmp_path, resting, design).statistics[counted] == 0


def test_a_pause_needs_a_clock(tmp_path):
    with pytest.raises(SplxError) as refused:
        run(tmp_path, NOBODYS, "freebsd:storm=500")
    assert "nobody calls `hardclock`" in str(refused.value)


def test_so_is_one_call_that_takes_too_long(tmp_path):
    long = TICKING.replace("limit=1, ", "").replace("    pass\n", "    card.pop()\n    softint_schedule(long)\n")
    long += "\n@softint(IPL_SOFTNET, mpsafe=True)\ndef long() -> None:\n    work(ms(20))\n"
    with pytest.raises(SplxError) as stopped:
        run(tmp_path, long, "windows:watchdog=10", ms=20)
    assert "DPC_WATCHDOG_VIOLATION: a single DPC exceeded its time allotment" in str(stopped.value)


#: A card whose last words may wait until the next tick, and others that may wait as well.
LATER = """
from splx.scenario import *

OTHERS = Param("OTHERS", 0)
card = NIC("card", Periodic(ms(2), offset=us(200)))
clock = Clock("clock", Periodic(ms(1)))

@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()

@softint(IPL_SOFTCLOCK, mpsafe=True, finishes=card)
def last_words() -> None:
    pass

@softint(IPL_SOFTCLOCK, mpsafe=True)
def one() -> None:
    pass

@softint(IPL_SOFTCLOCK, mpsafe=True)
def two() -> None:
    pass

@softint(IPL_SOFTSERIAL, mpsafe=True)
def urgent() -> None:
    pass

@handler(card, IPL_NET, mpsafe=True, defer=True)
def card_intr() -> None:
    card.pop()
    softint_schedule(last_words)
    if OTHERS > 0:
        softint_schedule(one)
        softint_schedule(two)
    if OTHERS == 3:
        softint_schedule(urgent)
"""


@pytest.mark.parametrize(
    ("importance", "others", "waits"), [("level", 2, True), ("level", 3, False), ("medium", 0, False)]
)
def test_what_is_of_low_importance_waits_for_the_tick_or_for_company(tmp_path, importance, others, waits):
    (tmp_path / "driver.py").write_text(LATER)
    design, settings = f"windows:importance={importance}", (("OTHERS", str(others)),)
    result = Setup(str(tmp_path / "driver.py"), design, time=4 * UNITS["ms"], settings=settings).run()
    most = result.source("card").finish.most
    assert (most > 700 * UNITS["us"]) == waits
