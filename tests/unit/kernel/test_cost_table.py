"""The table of costs, row by row, of the mechanisms themselves: NetBSD's x86 stubs as counted from their text.

Reads and writes are of words of the CPU and of the running thread, those of read-modify-writes left out. The level of a
lock is read from the line of its word. The table counts mtx_count among the 3R 3W of spin enter; it leaves the count
and the level out of the 4R of spin exit.
"""

from __future__ import annotations

import pytest
from tests.unit.kernel.counts import least_locked
from tests.unit.kernel.designs import CONSTS, slots
from tests.unit.kernel.test_counts import disables, enables, lowers, raises, schedules
from tests.unit.kernel.test_lock_counts import _no_tables  # noqa: F401 - of every test here

from splx.kernel import kernel_lock, mutex_adaptive, mutex_spin, spl_deferred
from splx.kernel.interface.levels import MARK_WAKE
from splx.kernel.interface.lines import Softint
from splx.kernel.interface.lwp import Lwp
from splx.program.counts import fast_path_counts
from splx.program.link import Options, link

MODERN = ("carrier_direct", "intr", "switch", "sched", "lwp", "sleepq", "turnstile", "spl_deferred", "preempt",
          "softint", "mutex_spin", "mutex_adaptive", "kernel_lock")  # fmt: skip
EAGER = (*MODERN, "spl_eager")
SWAPPED = {"cas_pair_local(spl.ilevel, spl.ipending, old, pending, level)": True}
CLI = {"splx": spl_deferred.splx_cli}
NOT_SHARED = (Lwp, Softint)
SPLX_CLI = (3, 1, 2, 2)  # its reads, writes, branches and accesses to the hardware


def count(root, assume=None, mechanisms=MODERN, **bodies):
    image = link([root], slots(*mechanisms, **bodies), CONSTS, options=Options(cpus=2))
    return fast_path_counts(image, root.__name__, assume, own=NOT_SHARED)


@pytest.mark.parametrize(
    ("root", "how", "row"),
    [
        # locked, plain read-modify-writes, shared lines, reads, writes, branches, selects, accesses to the hardware
        (raises, {}, (0, 0, 0, 1, 1, 0, 1, 0)),
        (lowers, {"assume": SWAPPED}, (0, 1, 0, 3, 0, 3, 0, 0)),
        (lowers, CLI, (0, 0, 0, 3, 1, 2, 0, 2)),
        (lowers, {"mechanisms": EAGER}, (0, 0, 0, 1, 1, 1, 0, 1)),
        (mutex_adaptive.mutex_sleep_enter, {}, (1, 0, 1, 1, 0, 1, 0, 0)),
        (mutex_adaptive.mutex_sleep_exit, {}, (0, 1, 1, 1, 0, 1, 0, 0)),
        (mutex_spin.mutex_spin_enter, {}, (1, 1, 1, 2, 2, 1, 2, 0)),
        (mutex_spin.mutex_spin_exit, {"assume": SWAPPED}, (0, 2, 1, 4, 0, 3, 1, 0)),
        (disables, {}, (0, 1, 0, 1, 0, 0, 0, 0)),
        (enables, {}, (0, 1, 0, 2, 0, 2, 0, 0)),
    ],
    ids=["splraise", "splx", "splx, interrupts off", "splx eager", "adaptive enter", "adaptive exit", "spin enter",
         "spin exit", "kpreempt_disable", "kpreempt_enable"],
)  # fmt: skip
def test_the_row_of(root, how, row):
    found = count(root, **how)
    assert (found.locked, found.plain_rmw, found.shared_lines, found.reads, found.writes, found.branches,
            found.selects, found.hardware) == row  # fmt: skip


def test_softint_schedule_is_its_row_and_splhigh_and_splx():
    """Two read-modify-writes, 3 branches, about 8 accesses. Here a bit is set by a compare-and-swap and its branch."""
    found = count(schedules, **CLI)
    reads, writes, branches, hardware = SPLX_CLI
    assert (found.locked, found.plain_rmw, found.shared_lines, found.hardware) == (0, 2, 0, hardware)
    assert found.branches - branches - 1 == 3
    assert 8 <= found.reads - reads - 1 + found.writes - writes - 1 <= 10


@pytest.mark.parametrize(("recursive", "locked", "lines"), [(False, 1, 1), (True, 0, 0)], ids=["first", "again"])
def test_kernel_lock_is_in_the_range_of_its_row(recursive, locked, lines):
    """1 or 0 locked, 2 read-modify-writes, 3 to 4 branches with those of splx, about 4 reads and 4 writes."""
    found = count(kernel_lock.kernel_lock, {"ci.biglock_count != 0": recursive}, **CLI)
    assert (found.locked, found.plain_rmw, found.shared_lines, found.hardware) == (locked, 2, lines, 2)
    assert 3 <= found.branches <= 4
    assert 3 <= found.writes + found.private_rmw <= 5
    assert 4 <= found.reads <= 8


def test_to_block_on_an_adaptive_mutex_and_to_be_woken_is_six_locked_operations_at_least():
    """To block, a thread that runs: the chain, the WAITERS bit, the lock of the thread, the run queue, the exchange of
    the switch. To wake it the chain.
    """
    image = link([mutex_adaptive.mutex_sleep_enter, mutex_adaptive.mutex_sleep_exit], slots(*MODERN), CONSTS,
                 options=Options(cpus=2))  # fmt: skip
    runs = ("own is not lock", "l.l_switchto is NULL")
    blocks = least_locked(image, "mutex_adaptive_block", lambda insn: insn.op == "SWITCH", runs)
    wakes = least_locked(image, "mutex_adaptive_wake", lambda insn: insn.op == "MARK" and insn.imm == MARK_WAKE)
    assert (blocks, wakes) == (5, 1)
