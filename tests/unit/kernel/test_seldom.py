"""What happens seldom: the ways through the mechanisms that ordinary runs do not take."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.kernel.bench import Bench
from tests.unit.kernel.threads import MARK_USER, MODERN, OLD, Textbook, Threads

from splx.kernel import biglock_2006
from splx.kernel.interface import dpcs, lines
from splx.kernel.interface.axes import splraise, splx
from splx.kernel.interface.driver import (
    cv_broadcast,
    cv_signal,
    cv_wait,
    kernel_lock,
    kernel_unlock,
    kpreempt_disable,
    kpreempt_enable,
    mutex_enter,
    mutex_exit,
    mutex_owned,
    mutex_tryenter,
    softint_schedule,
)
from splx.kernel.interface.levels import (
    IPL_CLOCK,
    IPL_HIGH,
    IPL_NONE,
    IPL_SCHED,
    IPL_SERIAL,
    IPL_SOFTSERIAL,
    IPL_VM,
    NODEV,
    SOFT_CLOCK,
    SOFT_NET,
)
from splx.kernel.interface.lines import Softint
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_FIFO, MUTEX_SIMPLE, MUTEX_SLEEP, Mutex
from splx.kernel.interface.sync import KCondvar
from splx.lang.kernel import NULL, Struct, i64, us
from splx.machine.constants import DevReg, Event, Kind, Mark
from splx.machine.intrinsics import dev_read, mark, work
from splx.simulate import simulate

m, n, o = Mutex(), Mutex(), Mutex()
spin = Mutex()
cv = KCondvar()
ROUNDS = 40


class Some(Struct):
    """A lock whose kind only its word says, a condition, a count."""

    lock: Mutex
    ready: i64
    ran: i64


some = Some(lock=spin)


def runs(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        mark(MARK_USER, 9, 0)


# ---- condition variables


def calls_nobody(arg: int) -> None:
    """Then waits itself, for somebody who calls later."""
    mutex_enter(m)
    cv_signal(cv)
    cv_broadcast(cv)
    while some.ready == 0:
        cv_wait(cv, m)
    mutex_exit(m)
    mark(MARK_USER, arg, 0)


def calls(arg: int) -> None:
    mutex_enter(m)
    some.ready = 1
    cv_broadcast(cv)
    mutex_exit(m)


@pytest.mark.parametrize("family", [Threads, Textbook])
def test_to_call_when_nobody_waits_does_nothing_and_is_not_remembered(family):
    bench = family()
    bench.mutex(IPL_NONE, m)
    m.kind = MUTEX_FIFO if family is Textbook else m.kind
    bench.thread("waits", calls_nobody, prio=140, arg=1)
    bench.later("calls", calls, prio=100, at=us(20))
    assert bench.story() == [(20, 0, 1)]


# ---- spin locks of which only the word says the kind


def holds(arg: int) -> None:
    """20 us."""
    mutex_enter(some.lock)
    mark(MARK_USER, 10 + int(mutex_owned(some.lock)), 0)
    work(us(20))
    mutex_exit(some.lock)


def tries(arg: int) -> None:
    """At 5 us and at 25 us."""
    work(us(5))
    mark(MARK_USER, int(mutex_tryenter(some.lock)), 0)
    mark(MARK_USER, int(mutex_owned(some.lock)), 0)
    work(us(20))
    mark(MARK_USER, int(mutex_tryenter(some.lock)), 0)
    mark(MARK_USER, int(mutex_owned(some.lock)), 0)
    mutex_exit(some.lock)


@pytest.mark.parametrize("family", ["modern", "2006", "textbook"])
def test_to_try_a_spin_lock(family):
    bench = Textbook(cpus=2) if family == "textbook" else Threads(*(OLD if family == "2006" else MODERN), cpus=2)
    bench.mutex(IPL_VM, spin)
    spin.kind = MUTEX_SIMPLE if family == "2006" else spin.kind
    bench.thread("holds", holds, prio=40)
    bench.thread("tries", tries, prio=40, cpu=1)
    assert bench.story() == [(0, 0, 11), (5, 1, 0), (5, 1, 0), (25, 1, 1), (25, 1, 1)]


# ---- two CPUs at one lock of a few instructions


def big_locks(arg: int) -> None:
    for _ in range(ROUNDS):
        kernel_lock()
        some.ran += 1
        kernel_unlock()
    mark(MARK_USER, some.ran, 0)


def small_locks(arg: int) -> None:
    for _ in range(ROUNDS):
        mutex_enter(spin)
        some.ran += 1
        mutex_exit(spin)
    mark(MARK_USER, some.ran, 0)


def schedules(arg: int) -> None:
    for _ in range(ROUNDS):
        softint_schedule(shared)
    mark(MARK_USER, some.ran, 0)


def soft_runs(arg: int) -> None:
    some.ran += 1


shared = Softint(si_func=soft_runs, si_soft=SOFT_NET, si_index=0)


@pytest.mark.parametrize("func", [big_locks, small_locks])
def test_cpus_that_come_to_a_lock_of_2006_at_once_all_get_it_and_one_at_a_time(func):
    bench = Threads(*OLD, cpus=4)
    bench.mutex(IPL_VM, spin)
    spin.kind = MUTEX_SIMPLE
    for cpu in range(4):
        bench.thread(f"t{cpu}", func, prio=40, cpu=cpu)
    assert max(bench.order(machine="x86-2020")) == 4 * ROUNDS


def test_cpus_that_schedule_one_softint_of_2006_at_once_have_it_run():
    bench = Threads(*OLD, cpus=4)
    bench.softs = [shared]
    for cpu in range(4):
        bench.thread(f"t{cpu}", schedules, prio=40, cpu=cpu)
    assert 0 < max(bench.order(machine="x86-2020")) <= 4 * ROUNDS


# ---- an interrupt at the worst moment


def marks_soft(arg: int) -> None:
    mark(MARK_USER, arg, 0)


first = Softint(si_func=marks_soft, si_arg=1, si_soft=SOFT_NET, si_mpsafe=1, si_index=0)
other = Softint(si_func=marks_soft, si_arg=2, si_soft=SOFT_CLOCK, si_mpsafe=1, si_index=1)


def schedules_first(arg: int) -> None:
    """At a level at which it does not run yet."""
    s = splraise(IPL_SOFTSERIAL)
    mark(MARK_USER, 0, 0)
    softint_schedule(first)
    splx(s)


def schedules_both(dev: int) -> None:
    dev_read(dev, DevReg.POP)
    softint_schedule(first)
    softint_schedule(other)


def interrupted_at(system, when):
    """The system with one interrupt from `when` on: when it was taken, and the marks of the run."""
    (nic,) = system.devices
    nic = replace(nic, kind=Kind.RECORDED, offset=when, recording=(0,), limit=1)
    records = []

    def take(log):
        records.extend(tuple(log[at : at + 4]) for at in range(0, len(log), 5))

    simulate(replace(system, devices=(nic,)), "x86-2020", time=us(10), trace=take)
    taken = min(time for time, _, kind, _ in records if kind == Event.ACCEPT)
    return taken, [a for _, _, kind, a in records if kind == Mark.USER]


@pytest.mark.parametrize("spl", ["spl_deferred", "spl_threshold"])
def test_a_softint_scheduled_again_at_any_moment_of_its_scheduling_runs(spl):
    bench = Bench(spl, "carrier_direct", "flow_mask", "softint", "preempt")
    bench.line("nic", IPL_CLOCK, schedules_both, edge=True)
    bench.thread("t", schedules_first, prio=40)
    bench.softs = [first, other]
    bench.run(until=us(10), machine="x86-2020")
    moments = [time for time, _, kind, a, _ in bench.records if kind == Mark.USER and a in (0, 1)]
    when, end = moments
    while when < end:
        taken, marks = interrupted_at(bench.system, when)
        assert marks.count(2) == 1
        assert marks.count(1) in (1, 2)
        when = taken + 1


# ---- locks released in an order of their own


def takes_three(arg: int) -> None:
    """m, n, o; released in that order."""
    mutex_enter(m)
    mutex_enter(n)
    mutex_enter(o)
    work(us(10))
    mutex_exit(m)
    mutex_exit(n)
    mutex_exit(o)
    mark(MARK_USER, 4, 0)


def wants(arg: int) -> None:
    if arg == 1:
        mutex_enter(m)
        mutex_exit(m)
    elif arg == 2:
        mutex_enter(n)
        mutex_exit(n)
    else:
        mutex_enter(o)
        mutex_exit(o)
    mark(MARK_USER, arg, 0)


def releases(bench, kind):
    for each in (m, n, o):
        bench.mutex(IPL_NONE, each)
        each.kind = kind
    bench.thread("owner", takes_three, prio=40)
    for arg in (1, 2, 3):
        bench.later(f"w{arg}", wants, prio=100 + arg, arg=arg, at=us(arg))
    return bench.story()


def test_locks_of_the_textbook_go_to_their_own_waiters_in_the_order_of_release():
    assert releases(Textbook(), MUTEX_FIFO) == [(10, 0, 1), (10, 0, 2), (10, 0, 3), (10, 0, 4)]


def test_adaptive_mutexes_too_but_the_owner_has_the_best_priority_until_it_releases_the_last():
    assert releases(Threads(), MUTEX_ADAPTIVE) == [(10, 0, 3), (10, 0, 2), (10, 0, 1), (10, 0, 4)]


# ---- two who wait for each other


def m_then_n(arg: int) -> None:
    mutex_enter(m)
    work(us(10))
    mutex_enter(n)
    mark(MARK_USER, arg, 0)


def n_then_m(arg: int) -> None:
    mutex_enter(n)
    mutex_enter(m)
    mark(MARK_USER, arg, 0)


def goes_on(arg: int) -> None:
    mark(MARK_USER, arg, 0)


def test_lending_ends_where_two_wait_for_each_other_and_others_go_on():
    bench = Threads()
    for each in (m, n):
        bench.mutex(IPL_NONE, each)
    bench.thread("a", m_then_n, prio=40, arg=1)
    bench.later("b", n_then_m, prio=100, at=us(5), arg=2)
    bench.later("c", goes_on, prio=20, at=us(30), arg=3)
    assert bench.story() == [(30, 0, 3), "each waits for a lock that the next one holds"]


# ---- a line above the big lock


def at_sched(arg: int) -> None:
    """20 us at IPL_SCHED, while another CPU has the big lock."""
    s = splraise(IPL_SCHED)
    work(us(20))
    splx(s)
    mark(MARK_USER, 1, 0)


def has_big_lock(arg: int) -> None:
    kernel_lock()
    work(us(40))
    kernel_unlock()
    mark(MARK_USER, 2, 0)


def test_a_line_of_2006_that_interrupts_ipl_sched_runs_without_the_big_lock():
    bench = Threads(*OLD, cpus=2, biglock_line_enter=biglock_2006.biglock_line_enter,
                    biglock_line_exit=biglock_2006.biglock_line_exit)  # fmt: skip
    bench.line("serial", IPL_SERIAL, runs, at=[us(5)], edge=True, mpsafe=0)
    bench.thread("high", at_sched, prio=40)
    bench.thread("big", has_big_lock, prio=40, cpu=1)
    assert bench.story() == [(5, 0, 9), (20, 0, 1), (40, 1, 2)]


# ---- marks for the statistics of devices


def nothing(arg: int) -> None:
    """A handler."""


def asks(dev: int) -> None:
    dev_read(dev, DevReg.POP)
    softint_schedule(finisher)


finisher = Softint(si_func=nothing, si_soft=SOFT_NET, si_mpsafe=1, si_index=0, si_dev=0, si_autodone=1)


@pytest.mark.parametrize("family", [MODERN, OLD], ids=["final", "2006"])
def test_a_softint_that_finishes_for_a_device_starts_and_is_done_with_its_items(family):
    bench = Bench(*family)
    bench.line("nic", IPL_VM, asks, at=[us(5)])
    bench.lines[0].source.is_handlers.ih_autodone = 0
    bench.softs = [finisher]
    told = [each for each in bench.run(until=us(20)).splitlines() if each.split()[1] in ("start", "done")]
    assert told == ["0 start nic", "0 start nic", "0 done nic"]


def test_a_handler_of_no_device_leaves_no_marks():
    bench = Bench(*MODERN)
    bench.line("nic", IPL_VM, runs, at=[us(5)], edge=True)
    handler = bench.lines[0].source.is_handlers
    handler.ih_dev, handler.ih_autodone = NODEV, 0
    assert bench.run(until=us(20), hide=("level", "eoi", "enter", "leave", "accept")) == "0 mark 9"


# ---- the queue of DPCs of another CPU


def has_queue(cpu: int) -> None:
    """Holds the lock of the queue of CPU `cpu`, as who puts a call on it would."""
    was = splraise(IPL_HIGH)
    dpcs.dpcq.of[cpu].lock = 1
    work(us(20))
    mark(MARK_USER, 1, 0)
    dpcs.dpcq.of[cpu].lock = 0
    splx(was)


def asks_late(arg: int) -> None:
    work(us(5))
    kpreempt_disable()
    softint_schedule(called)
    kpreempt_enable()


def marks_call(arg: int) -> None:
    mark(MARK_USER, 2, 0)


called = Softint(si_func=marks_call, si_soft=SOFT_NET, si_mpsafe=1, si_index=0)


def test_a_call_is_queued_when_the_lock_of_the_queue_is_free():
    none = ["SOFT_FIRST", "DPC_LEVELS", "DPC_TARGETS", "DPC_WATCHDOG", "DPC_WATCHDOG_PERIOD"]
    consts = {**dict.fromkeys(none, 0), "DPC_DEPTH": 4}
    bench = Threads("irql_lazy", "carrier_direct", "flow_mask", "dpc", "preempt", cpus=2, consts=consts)
    bench.softs = [called]
    bench.thread("here", asks_late, prio=40)
    bench.thread("there", has_queue, prio=40, cpu=1)
    assert [each[1:] for each in bench.story()] == [(1, 1), (0, 2)]


# ---- sleeping locks of which only the word says the kind


sleeping = Some(lock=m)


def owns(arg: int) -> None:
    mark(MARK_USER, int(mutex_owned(sleeping.lock)), 0)
    mutex_enter(sleeping.lock)
    mark(MARK_USER, int(mutex_owned(sleeping.lock)), 0)
    mutex_exit(sleeping.lock)


@pytest.mark.parametrize("family", ["modern", "2006", "textbook"])
def test_who_has_taken_a_sleeping_lock_owns_it(family):
    bench = Textbook() if family == "textbook" else Threads(*(OLD if family == "2006" else MODERN))
    bench.mutex(IPL_NONE, m)
    m.kind = {"modern": MUTEX_ADAPTIVE, "2006": MUTEX_SLEEP, "textbook": MUTEX_FIFO}[family]
    bench.thread("t", owns, prio=40)
    assert bench.order() == [0, 1]


# ---- interrupts


class Unwired(Bench):
    """Nobody has established a handler at the first line."""

    def _per_cpu(self, *of):
        lines.intr.line[0] = NULL
        return super()._per_cpu(*of)


def test_an_irq_that_nobody_expects():
    bench = Unwired(*MODERN)
    bench.line("nic", IPL_VM, runs, at=[us(5)])
    assert bench.run(until=us(20), hide=("accept",)) == "intr: an irq that nobody expects"


# ---- preemption refused twice


def critical_at_vm(arg: int) -> None:
    """Preemption disabled for 20 us, and the level raised for longer."""
    s = splraise(IPL_VM)
    kpreempt_disable()
    work(us(20))
    kpreempt_enable()
    mark(MARK_USER, 1, 0)
    work(us(10))
    splx(s)
    mark(MARK_USER, 2, 0)


def test_preemption_at_the_end_of_a_critical_section_still_waits_for_the_level():
    bench = Threads()
    bench.thread("critical", critical_at_vm, prio=40)
    bench.later("better", goes_on, prio=140, at=us(5), arg=3)
    assert bench.story() == [(20, 0, 1), (30, 0, 3), (30, 0, 2)]
