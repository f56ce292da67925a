"""Fast paths of locks do what the table of costs says: NetBSD's x86 stubs, as counted from their text.

There a read-modify-write counts as a read and a write of the private words as well; here it is `unlocked` only. The
level of a lock is read from the lock's own line.
"""

from __future__ import annotations

import pytest
from tests.unit.kernel.counts import path
from tests.unit.kernel.designs import CONSTS, slots

from splx.kernel import kernel_lock, kernel_lock_2006, mutex_adaptive, mutex_spin, simplelock_2006, spl_deferred
from splx.kernel.interface import lines, sched
from splx.program.link import Options, link

MODERN = ("carrier_direct", "intr", "switch", "sched", "lwp", "sleepq", "turnstile", "spl_deferred", "preempt",
          "mutex_spin", "mutex_adaptive", "kernel_lock")  # fmt: skip
SPLX = "ntn"  # lower, nothing pending, swapped at the first try


@pytest.fixture(autouse=True)
def _no_tables(monkeypatch):
    """Tables that a system was wired with lead to its functions."""
    for table, field in ((sched.sched, "cpu"), (sched.turnstiles, "chain"), (sched.sleepqs, "bucket"),
                         (lines.intr, "line"), (lines.soft, "source")):  # fmt: skip
        monkeypatch.setitem(table.__dict__, field, [])


def count(root, turns, *mechanisms, **others):
    image = link([root], slots(*MODERN, *mechanisms, **others), CONSTS, options=Options(cpus=2))
    return path(image, root.__name__, turns)


@pytest.mark.parametrize(
    ("root", "turns", "counts"),
    [
        (mutex_spin.mutex_spin_enter, "t", {"read": 3, "write": 2, "unlocked": 1, "locked": 1, "branch": 1}),
        (mutex_spin.mutex_spin_exit, SPLX, {"read": 4, "write": 1, "unlocked": 2, "branch": 3}),
        (mutex_adaptive.mutex_sleep_enter, "t", {"read": 1, "locked": 1, "branch": 1}),
        (mutex_adaptive.mutex_sleep_exit, "t", {"read": 1, "unlocked": 1, "branch": 1}),
        (kernel_lock.kernel_lock, "nn" + SPLX, {"read": 6, "write": 1, "unlocked": 3, "locked": 1, "branch": 5}),
        (kernel_lock.kernel_lock, "t" + SPLX, {"read": 6, "write": 1, "unlocked": 3, "branch": 4}),
    ],
    ids=["spin enter", "spin exit", "adaptive enter", "adaptive exit", "kernel_lock", "kernel_lock again"],
)
def test_fast_path(root, turns, counts):
    assert count(root, turns) == counts


@pytest.mark.parametrize(("turns", "locked", "branches"), [("nn", 1, 4), ("t", 0, 3)], ids=["first", "again"])
def test_the_big_lock_lies_in_the_range_of_its_row(turns, locked, branches):
    """1 or 0 locked, 2 read-modify-writes of its own, about 4 reads and 4 writes, 3 to 4 branches; the level on top.

    `splx` in its form with interrupts off: the other one is a read-modify-write and a branch more.
    """
    counts = count(kernel_lock.kernel_lock, turns + "nt", splx=spl_deferred.splx_cli)
    raised, lowered = {"read": 1, "write": 1}, {"read": 3, "write": 1}
    assert (counts.get("locked", 0), counts["unlocked"], counts["branch"]) == (locked, 2, branches)
    assert counts["flag"] == 2
    own = {what: counts[what] - raised[what] - lowered[what] + counts["unlocked"] for what in ("read", "write")}
    assert own == {"read": 4, "write": 2}
    assert 3 <= own["write"] + raised["write"] + lowered["write"] <= 4


def test_the_big_lock_of_2006_costs_two_locked_operations_and_four_changes_of_level_for_a_pair():
    enter = count(kernel_lock_2006.kernel_lock, "ttt" + SPLX, "kernel_lock_2006")
    leave = count(kernel_lock_2006.kernel_unlock, "tn" + SPLX, "kernel_lock_2006", "biglock_2006")
    assert enter["locked"] == 1
    assert leave["locked"] == 1
    assert enter["branch"] + leave["branch"] == 11


def test_a_simple_lock_is_a_level_and_one_locked_operation():
    enter = count(simplelock_2006.mutex_simple_enter, "t", "simplelock_2006")
    leave = count(simplelock_2006.mutex_simple_exit, SPLX, "simplelock_2006")
    assert enter == {"read": 2, "write": 2, "locked": 1, "branch": 1}
    assert leave == {"read": 4, "write": 1, "unlocked": 1, "branch": 3}
