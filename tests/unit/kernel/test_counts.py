"""Fast paths do exactly what the table of costs says: NetBSD's x86 stubs, as counted from their text."""

from __future__ import annotations

import pytest
from tests.unit.kernel.counts import path
from tests.unit.kernel.designs import CONSTS, slots

from splx.kernel import spl_deferred
from splx.kernel.interface import axes
from splx.kernel.interface.lines import Softint
from splx.program.link import Options, link


def raises(level: int) -> int:
    return axes.splraise(level)


def lowers(level: int) -> None:
    axes.splx(level)


def disables() -> None:
    axes.kpreempt_disable()


def enables() -> None:
    axes.kpreempt_enable()


def schedules(si: Softint) -> None:
    axes.softint_schedule(si)


def preempt_switch() -> None:
    return


def program(root, *mechanisms, **others):
    bodies = slots("carrier_direct", "intr", "sched", "lwp", *mechanisms, preempt_switch=preempt_switch, **others)
    return link([root], bodies, CONSTS, options=Options(cpus=2))


@pytest.mark.parametrize(
    ("root", "mechanisms", "others", "turns", "counts"),
    [
        (raises, ["spl_deferred"], {}, "", {"read": 1, "write": 1}),
        (lowers, ["spl_deferred"], {}, "ntn", {"read": 3, "unlocked": 1, "branch": 3}),
        (lowers, ["spl_deferred"], {"splx": spl_deferred.splx_cli}, "nt",
         {"read": 3, "write": 1, "branch": 2, "flag": 2}),
        (raises, ["spl_threshold"], {}, "", {"read": 1, "write": 1}),
        (lowers, ["spl_threshold"], {}, "nt", {"read": 2, "write": 1, "branch": 2}),
        (raises, ["spl_eager"], {}, "n", {"read": 1, "write": 1, "branch": 1, "level": 1}),
        (lowers, ["spl_eager"], {}, "n", {"read": 1, "write": 1, "branch": 1, "level": 1}),
        (disables, ["spl_deferred", "preempt"], {}, "", {"read": 1, "unlocked": 1}),
        (enables, ["spl_deferred", "preempt"], {}, "nt", {"read": 2, "unlocked": 1, "branch": 2}),
        (enables, ["spl_deferred", "preempt"], {}, "t", {"read": 1, "unlocked": 1, "branch": 1}),
        (disables, ["spl_deferred", "preempt_never"], {}, "", {}),
        (schedules, ["spl_deferred", "softint", "preempt_never"], {}, "n", {"read": 2, "branch": 1}),
    ],
    ids=["splraise", "splx", "splx_cli", "splraise threshold", "splx threshold", "splraise eager", "splx eager",
         "kpreempt_disable", "kpreempt_enable", "kpreempt_enable nested", "kpreempt_disable never",
         "softint_schedule pending"],
)  # fmt: skip
def test_fast_path(root, mechanisms, others, turns, counts):
    found = path(program(root, *mechanisms, **others), root.__name__, turns)
    assert found == counts


def test_softint_schedule_takes_no_lock_and_two_read_modify_writes_of_this_cpu():
    """The handler's pending mark and the level's bit in the log are one instruction each, as in the table."""
    image = program(schedules, "spl_deferred", "softint", "preempt_never")
    # not pending, still not pending, level not active; the log takes the bit at once; splx at the level it came from
    found = path(image, "schedules", "tnnn" + "t")
    splhigh, splx = {"read": 1, "write": 1}, {"read": 1, "branch": 1}
    retry = 1  # the log is written by compare and swap, where x86 has an or
    assert found["unlocked"] == 2
    assert "locked" not in found
    assert found["branch"] - splx["branch"] - retry == 3
    assert found["write"] - splhigh["write"] == 3
    assert found["read"] - splhigh["read"] - splx["read"] == 7


def test_the_switch_to_a_pinned_softint_and_back_is_ten_stores_and_one_exchange():
    thread_side = ("switch", "sleepq", "mutex", "mutex_spin", "mutex_adaptive", "turnstile")
    image = program(axes.softint_run, "spl_deferred", "softint", "preempt", *thread_side)
    # there: the thread is idle again afterwards, nothing is logged; back: the queue is empty, the victim still there
    there, back = path(image, "softint_run", "ttt"), path(image, "softint_main", "tt")
    assert there == {"read": 8, "write": 5, "flag": 1, "branch": 3, "frame": 2}
    assert back == {"read": 6, "write": 5, "flag": 2, "branch": 2, "frame": 1, "locked": 1}
