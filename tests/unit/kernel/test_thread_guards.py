"""Guards of the thread side, and what happens without them: a thread is interrupted at every moment of what it does."""

from __future__ import annotations

import pytest
from tests.unit.kernel.threads import MARK_USER, Threads

from splx.kernel import kernel_lock as biglock_file
from splx.kernel import mutex_spin as spin_file
from splx.kernel import turnstile as turnstile_file
from splx.kernel.interface.axes import kpreempt_disable, kpreempt_enable, spl_level, splraise, splx
from splx.kernel.interface.driver import kernel_lock, kernel_unlock, mutex_enter, mutex_exit
from splx.kernel.interface.levels import IPL_CLOCK, IPL_HIGH, IPL_NONE, IPL_VM, PRI_KTHREAD
from splx.kernel.interface.locks import Mutex, kernel_relock, kernel_unlock_all
from splx.kernel.interface.lwp import SOBJ_TURNSTILE, Turnstile, ci
from splx.kernel.interface.sched import mi_switch, sleepq_enter, ts_chain
from splx.lang.kernel import addr, ns, us
from splx.machine.constants import DevReg
from splx.machine.intrinsics import cas, cpu_number, dev_read, fetch_add_local, mark, work

low = Mutex()
high = Mutex()
m = Mutex()
ROUNDS = 10_000


def sections(arg: int) -> None:
    """The level is what it was after each of them."""
    for _ in range(ROUNDS):
        mutex_enter(low)
        mutex_exit(low)
        assert spl_level() == IPL_NONE, "the level was not restored"
    mark(MARK_USER, 1, 0)


def high_section(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        mutex_enter(high)
        mutex_exit(high)


def big_sections(arg: int) -> None:
    for _ in range(ROUNDS):
        kernel_lock()
        kernel_unlock()
    mark(MARK_USER, 1, 0)


def big_section(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        kernel_lock()
        kernel_unlock()


def holds(arg: int) -> None:
    mutex_enter(m)
    work(us(10))
    mutex_exit(m)


def wants(arg: int) -> None:
    kernel_lock()
    mutex_enter(m)
    mark(MARK_USER, arg, 0)
    mutex_exit(m)
    kernel_unlock()


def computes(arg: int) -> None:
    work(us(20))
    mark(MARK_USER, arg, 0)


# ---- the same without the guard


def level_saved_first(m: Mutex) -> None:
    """mutex_spin_enter that saves the level before it counts."""
    old = splraise(m.ipl)
    ci.mtx_oldspl = old if ci.mtx_count == 0 else ci.mtx_oldspl
    fetch_add_local(ci.mtx_count, -1)
    if not cas(m.word, 0, cpu_number() + 1):
        spin_file.mutex_spin_wait(m)


def level_read_last(m: Mutex) -> None:
    """mutex_spin_exit that reads the level after it has counted."""
    m.word = 0
    held = fetch_add_local(ci.mtx_count, 1)
    old = ci.mtx_oldspl
    splx(old if held == -1 else IPL_HIGH)


def level_not_raised() -> None:
    """kernel_lock without a level."""
    me = ci.curlwp
    if ci.biglock_count != 0 or cas(biglock_file.biglock.word, 0, cpu_number() + 1):
        biglock_file.biglock_count(me, 1)
    else:
        biglock_file.biglock_wait(me, spl_level())


def kept() -> int:
    """kernel_unlock_block that does not."""
    return 0


def not_lent(ts: Turnstile, queue: int, m: Mutex) -> None:
    """turnstile_block without lending."""
    me = ci.curlwp
    tc = ts_chain(m)
    base = me.l_kpribase
    me.l_kpribase = max(base, PRI_KTHREAD)
    joined = turnstile_file.turnstile_join(tc, ts, me, m)
    joined.ts_waiters[queue] += 1
    sleepq_enter(joined.ts_queue[queue], me, addr(m), tc.tc_lock)
    me.l_syncobj = SOBJ_TURNSTILE
    hold = kernel_unlock_all()
    kpreempt_disable()
    mi_switch()
    me.l_kpribase = base
    kpreempt_enable()
    kernel_relock(hold)


# ----


def hit_everywhere(thread, handler, level, **without):
    """Interrupts at all distances from the beginning of a round, on a machine where rounds take time."""
    bench = Threads(**without)
    bench.mutex(IPL_VM, low)
    bench.mutex(IPL_CLOCK, high)
    bench.line("nic", level, handler, at=[us(1) + n * ns(2237) + n * n % 101 * ns(1) for n in range(900)], edge=True)
    bench.thread("t", thread, prio=140)
    return bench.order(until=us(4000), machine="x86-2020")


@pytest.mark.parametrize(
    ("without", "order"),
    [
        ({}, [1]),
        ({"mutex_spin_enter": level_saved_first}, ["the level was not restored"]),
        ({"mutex_spin_exit": level_read_last}, ["the level was not restored"]),
    ],
    ids=["as it is", "the level saved before the count", "the level read after the count"],
)
def test_the_level_of_the_first_spin_mutex(without, order):
    assert hit_everywhere(sections, high_section, IPL_CLOCK, **without) == order


@pytest.mark.parametrize(
    ("without", "order"),
    [({}, [1]), ({"kernel_lock": level_not_raised}, ["cpu0 waits for a lock that it holds itself"])],
    ids=["as it is", "no level"],
)
def test_the_big_lock_is_taken_and_counted_as_one(without, order):
    # Without the level the handler spins on what its own CPU holds.
    assert hit_everywhere(big_sections, big_section, IPL_VM, **without) == order


@pytest.mark.parametrize(
    ("without", "order"),
    [
        ({}, [11, 21]),
        ({"turnstile_block": not_lent}, [21, 11]),
        ({"kernel_unlock_block": kept}, ["switch while holding kernel_lock"]),
    ],
    ids=["as it is", "nothing lent", "the big lock kept"],
)
def test_blocking(without, order):
    bench = Threads(**without)
    bench.mutex(IPL_NONE, m)
    bench.later("low", holds, at=0, prio=130)
    bench.later("high", wants, at=us(2), prio=150, arg=11)
    bench.later("middle", computes, at=us(4), prio=140, arg=21)
    assert bench.order() == order
