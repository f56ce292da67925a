"""Handlers with filters: called in the interrupt under xnu and freebsd, where the handler is elsewhere; and the handler
as often everywhere, but under freebsd, which calls all handlers of a line when one of them is wanted.
"""

import pytest

from splx.base.diagnostics import SplxError
from splx.base.units import UNITS
from splx.simulate.setup import Setup

#: Two cards on one line. The filter of the one takes what is there, and leaves each fourth item to its handler.
DRIVER = """
from splx.scenario import *

card = NIC("card", Periodic(us(20)), trigger=LEVEL, irq="both")
other = NIC("other", Periodic(us(50), offset=us(7)), trigger=LEVEL, irq="both")
looks = Statistic("looks")
quick = Statistic("quick")
slow = Statistic("slow")

def card_filter(dev: NIC) -> bool:
    item = dev.pop()
    count(looks, 1)
    if item != 0:
        count(quick, 1)
    return item % 4 == 3

def card_intr(dev: NIC) -> None:
    count(slow, 1)

def other_filter() -> bool:
    return OTHER

handler(card, IPL_NET, mpsafe=True, arg=card, filter=card_filter)(card_intr)

@handler(other, IPL_NET, mpsafe=True, FILTER)
def other_intr() -> None:
    other.pop()
"""


def run(tmp_path, design, text=DRIVER, extra="", other="True"):
    (tmp_path / "driver.py").write_text(text.replace(", FILTER", extra).replace("OTHER", other))
    return Setup(str(tmp_path / "driver.py"), design=design, machine="x86-2020", time=2 * UNITS["ms"]).run()


@pytest.mark.parametrize("extra", ["", ", filter=other_filter"])
@pytest.mark.parametrize("design", ["xnu", "netbsd-5", "linux-threadirqs"])
def test_a_handler_runs_as_often_as_its_filter_wants_it(tmp_path, design, extra):
    result = run(tmp_path, design, extra=extra)
    counts = result.statistics
    assert result.source("card").done >= 99
    assert counts["quick"] == result.source("card").done
    assert counts["slow"] in (24, 25)
    assert result.source("other").done >= 39


def test_who_is_not_wanted_is_not_woken(tmp_path):
    alone = DRIVER.replace("Periodic(us(50), offset=us(7))", "Never()")
    some = run(tmp_path, "xnu", alone, ", filter=other_filter", "False").statistics
    always = run(tmp_path, "xnu", alone).statistics
    assert (some["slow"], always["slow"]) == (25, 25)
    assert (some["Lwp.l_ncsw"], always["Lwp.l_ncsw"]) == (2 * 25, 2 * 100)


def test_freebsd_wakes_the_thread_of_a_line_if_one_is_wanted_and_calls_all(tmp_path):
    alone = DRIVER.replace("Periodic(us(50), offset=us(7))", "Never()")
    some = run(tmp_path, "freebsd", alone, ", filter=other_filter", "False").statistics
    always = run(tmp_path, "freebsd", alone).statistics
    assert (some["quick"], always["quick"]) == (100, 100)
    assert (some["slow"], always["slow"]) == (25, 100)
    assert (some["Lwp.l_ncsw"], always["Lwp.l_ncsw"]) == (2 * 25, 2 * 100)


def test_on_a_line_without_a_thread_it_is_called_where_its_handler_is(tmp_path):
    some = run(tmp_path, "freebsd:filter_at=IPL_NET").statistics
    assert some["slow"] in (24, 25)
    assert "Lwp.l_ncsw" not in some or some["Lwp.l_ncsw"] == 0


def test_a_filter_may_take_no_lock_that_sleeps(tmp_path):
    locked = DRIVER.replace("    item = dev.pop()\n", "    with own:\n        item = dev.pop()\n")
    locked = locked.replace("looks = ", 'own = Mutex("own", IPL_NET)\nlooks = ')
    assert run(tmp_path, "netbsd-5", locked).source("card").done >= 99
    for design in ("xnu", "freebsd"):
        with pytest.raises(SplxError) as stopped:
            run(tmp_path, design, locked)
        assert "adaptive mutex in an interrupt that may not sleep" in str(stopped.value)


def test_a_filter_that_does_not_answer_is_refused(tmp_path):
    with pytest.raises(SplxError) as refused:
        run(
            tmp_path,
            "netbsd-5",
            DRIVER.replace("-> bool:\n    return OTHER", "-> None:\n    pass"),
            ", filter=other_filter",
        )
    assert "`other_filter` is a filter, and does not say whether its handler is wanted" in str(refused.value)
