"""The invariants that the mechanisms state: each holds of what the mechanism makes, and fails of what is spoiled.

A thread marks 1 for true and 0 for false, at IPL_HIGH, so that nothing moves meanwhile.
"""

from __future__ import annotations

from tests.unit.kernel.handlers import drain, lock
from tests.unit.kernel.threads import MARK_USER, OLD, Textbook, Threads

from splx.kernel import ithread, softint, softint_2006
from splx.kernel.condvar import cv_invariant
from splx.kernel.interface.axes import splraise, splx
from splx.kernel.interface.driver import kpreempt_disable, kpreempt_enable, softint_schedule
from splx.kernel.interface.levels import IPL_HIGH, IPL_NET, IPL_NONE, SOFT_NET
from splx.kernel.interface.lines import Softint
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import LSONPROC, LSRUN, LSSLEEP, LW_IDLE, LW_NOSLEEP, Lwp, Sleepq, Turnstile, ci
from splx.kernel.interface.sched import sched
from splx.kernel.interface.sync import KCondvar
from splx.kernel.sched import sched_invariant
from splx.kernel.sleepq import sleepq_invariant
from splx.kernel.textbook_sched import textbook_invariant
from splx.kernel.turnstile import turnstile_invariant
from splx.lang.kernel import NULL, addr, us
from splx.machine.intrinsics import mark

first, second = Lwp(), Lwp()
q = Sleepq(sq_head=first)
cv = KCondvar(cv_queue=q)
lender, other = Turnstile(), Turnstile()
held = Mutex()
one = Softint()
two = Softint()


def said(holds: bool) -> None:
    mark(MARK_USER, int(holds), 0)


def sleepers(arg: int) -> None:
    """Two on one queue, the better one first."""
    first.l_next = second
    first.l_stat = LSSLEEP
    second.l_stat = LSSLEEP
    first.l_sleepq = q
    second.l_sleepq = q
    first.l_prio = 50
    second.l_prio = 40
    said(sleepq_invariant(q))
    second.l_prio = 60  # behind a worse one
    said(sleepq_invariant(q))
    second.l_prio = 40
    second.l_stat = LSRUN  # not asleep
    said(sleepq_invariant(q))
    second.l_stat = LSSLEEP
    second.l_sleepq = NULL  # does not know where
    said(sleepq_invariant(q))


def waiters(arg: int) -> None:
    """Two wait on one condition."""
    first.l_next = second
    said(cv_invariant(cv))
    second.l_flag = LW_NOSLEEP
    said(cv_invariant(cv))
    second.l_flag = LW_IDLE
    said(cv_invariant(cv))


def states(arg: int) -> None:
    """A thread is guarded by the lock of where it is."""
    rq = sched.cpu[0]
    first.l_cpu = 0
    first.l_stat = LSRUN
    first.l_mutex = rq.rq_lock
    said(sched_invariant(first))
    first.l_stat = LSONPROC
    said(sched_invariant(first))
    first.l_mutex = rq.rq_lwplock
    said(sched_invariant(first))
    first.l_stat = LSSLEEP
    said(sched_invariant(first))


def lenders(arg: int) -> None:
    """Two turnstiles lend to one thread."""
    first.l_inherited = -1
    said(turnstile_invariant(first))
    first.l_pi_lenders = lender
    lender.ts_pichain = other
    lender.ts_inheritor = first
    other.ts_inheritor = first
    lender.ts_eprio = 50
    other.ts_eprio = 60
    first.l_inherited = 60
    said(turnstile_invariant(first))  # which waits for nothing
    lender.ts_obj = addr(held)
    other.ts_obj = addr(held)
    said(turnstile_invariant(first))  # nor for what that thread has
    held.word = addr(first)
    said(turnstile_invariant(first))
    first.l_inherited = 50  # not the best of them
    said(turnstile_invariant(first))
    first.l_inherited = 60
    other.ts_inheritor = second  # lends to somebody else
    said(turnstile_invariant(first))


def schedules(arg: int) -> None:
    """Of two softints of a level the second is scheduled."""
    kpreempt_disable()
    s = splraise(IPL_HIGH)
    softint_schedule(two)
    said(softint.softint_invariant(one))
    said(softint.softint_invariant(two))
    softint.sq.pending[two.si_index] = 0  # queued and not pending
    said(softint.softint_invariant(two))
    softint.sq.pending[two.si_index] = 1
    splx(s)
    kpreempt_enable()
    said(softint.softint_invariant(two))


def schedules_2006(arg: int) -> None:
    """As `schedules`, on the queue that all CPUs share."""
    s = splraise(IPL_HIGH)
    softint_schedule(one)
    softint_schedule(two)
    said(softint_2006.softint_invariant(two))
    two.si_pending = 0
    said(softint_2006.softint_invariant(two))
    splx(s)
    said(softint_2006.softint_invariant(one))


def nothing(arg: int) -> None:
    """A softint's handler."""


def ready(arg: int) -> None:
    """One better thread is ready at IPL_HIGH: somebody must have been told; and it must not sleep."""
    s = splraise(IPL_HIGH)
    said(textbook_invariant(sched.cpu[0]))
    first.l_prio = 200
    first.l_stat = LSRUN
    first.l_next = NULL
    rq = sched.cpu[0]
    rq.rq_queue[6].sq_head = first
    rq.rq_bitmap = 1 << 6
    said(textbook_invariant(rq))
    ci.want_resched = 1
    said(textbook_invariant(rq))
    first.l_stat = LSSLEEP
    said(textbook_invariant(rq))
    rq.rq_bitmap = 0
    rq.rq_queue[6].sq_head = NULL
    ci.want_resched = 0
    splx(s)


def threaded(dev: int) -> None:
    """In the thread of IPL_NET: it is active, on a victim; another level is not."""
    drain(dev)
    said(ithread.ithread_invariant(IPL_NET))
    said(ithread.ithread_invariant(IPL_NET + 1))
    victim = ci.curlwp.l_switchto
    ci.curlwp.l_switchto = NULL  # active on nobody
    said(ithread.ithread_invariant(IPL_NET))
    ci.curlwp.l_switchto = victim


def judged(func, bench=None):
    bench = bench or Threads()
    bench.thread("judge", func, prio=40)
    return bench.order()


def test_sleepers_are_asleep_there_the_best_first():
    assert judged(sleepers) == [1, 0, 0, 0]


def test_no_interrupt_or_idle_thread_waits_on_a_condition():
    assert judged(waiters) == [1, 0, 0]


def test_who_runs_or_is_ready_is_guarded_by_its_queue():
    assert judged(states) == [1, 0, 1, 1]


def test_a_thread_has_the_best_that_its_lenders_lend():
    assert judged(lenders) == [1, 0, 0, 1, 0, 0]


def test_a_softint_is_pending_exactly_if_it_is_queued():
    bench = Threads()
    soft = [bench.softint(SOFT_NET, nothing) for _ in range(2)]
    for made, it in zip(soft, (one, two), strict=True):
        vars(it).update(vars(made))
    bench.softs = [one, two]
    assert judged(schedules, bench) == [1, 1, 0, 1]


def test_a_softint_of_2006_is_pending_exactly_if_it_is_queued():
    bench = Threads(*OLD)
    for index, it in enumerate((one, two)):
        it.si_func, it.si_soft, it.si_mpsafe, it.si_index = nothing, SOFT_NET, 1, index
    bench.softs = [one, two]
    assert judged(schedules_2006, bench) == [1, 0, 1]


def test_nobody_better_waits_unless_the_cpu_has_been_told():
    assert judged(ready, Textbook()) == [1, 0, 1, 0]


def test_an_active_interrupt_thread_has_a_victim_or_is_blocked():
    bench = Threads("spl_deferred", "flow_mask", "ithread", "softint", "preempt", "park", "pool", "workqueue",
                    "kernel_lock", consts={"IPL_DIRECT": 10})  # fmt: skip
    bench.mutex(IPL_NONE, lock)
    bench.line("nic", IPL_NET, threaded, at=[us(5)])
    assert bench.order() == [1, 1, 0]
