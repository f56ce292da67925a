"""What threads meet at beside locks: condition variables, parking, pools, work queues."""

from __future__ import annotations

import pytest
from tests.unit.kernel.threads import MARK_USER, MODERN, OLD, Textbook, Threads

from splx.kernel.interface.driver import (
    cv_broadcast,
    cv_signal,
    cv_wait,
    mutex_enter,
    mutex_exit,
    pool_get,
    pool_put,
    softint_schedule,
    workqueue_enqueue,
)
from splx.kernel.interface.levels import IPL_CLOCK, IPL_NONE, IPL_VM, SOFT_NET
from splx.kernel.interface.lines import Softint
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_FIFO, MUTEX_SIMPLE, MUTEX_SLEEP, Mutex
from splx.kernel.interface.lwp import Lwp
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.kernel.interface.sync import PR_NOWAIT, PR_WAITOK, KCondvar, Pool, Work, Workqueue
from splx.kernel.workqueue import workqueue_worker
from splx.lang.kernel import Struct, addr, i64, us
from splx.machine.constants import DevReg
from splx.machine.intrinsics import dev_read, mark, work

m = Mutex()
spin = Mutex()
cv = KCondvar()
pool = Pool(pr_lock=m, pr_cv=cv)
requests = [Work(), Work()]
wq = Workqueue(wq_lock=spin, wq_cv=cv)
first, second = requests


class Box(Struct):
    ready: i64
    sleeper: Lwp
    soft: Softint


box = Box()


def waits(arg: int) -> None:
    """Until there is one, under m; takes it."""
    mutex_enter(m)
    while box.ready == 0:
        cv_wait(cv, m)
    box.ready -= 1
    mark(MARK_USER, arg, 0)
    mutex_exit(m)


def puts_one(arg: int) -> None:
    mutex_enter(m)
    box.ready += 1
    cv_signal(cv)
    mark(MARK_USER, arg, 0)
    work(us(3))
    mutex_exit(m)


def puts_all(arg: int) -> None:
    mutex_enter(m)
    box.ready += 3
    cv_broadcast(cv)
    mutex_exit(m)


def waits_for_interrupt(arg: int) -> None:
    mutex_enter(spin)
    while box.ready == 0:
        cv_wait(cv, spin)
    box.ready -= 1
    mutex_exit(spin)
    mark(MARK_USER, arg, 0)


def interrupt(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        mutex_enter(spin)
        box.ready += 1
        cv_signal(cv)
        mutex_exit(spin)


def parks(arg: int) -> None:
    """Twice; 10 us in between."""
    lwp_park()
    mark(MARK_USER, arg, 0)
    work(us(10))
    lwp_park()
    mark(MARK_USER, arg + 1, 0)
    lwp_park()
    mark(MARK_USER, arg + 2, 0)


def parks_with_the_lock(arg: int) -> None:
    mutex_enter(m)
    lwp_park()
    mark(MARK_USER, arg, 0)
    mutex_exit(m)


def wants_the_lock(arg: int) -> None:
    mutex_enter(m)
    mark(MARK_USER, arg, 0)
    mutex_exit(m)


def is_busy(arg: int) -> None:
    work(us(20))
    mark(MARK_USER, arg, 0)


def unparks(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        lwp_unpark(box.sleeper)


def takes(arg: int) -> None:
    """An item for 10 us."""
    item = pool_get(pool, PR_WAITOK)
    mark(MARK_USER, arg + min(item, 1), 0)
    work(us(10))
    pool_put(pool, item)


def takes_if_there(arg: int) -> None:
    mark(MARK_USER, arg + min(pool_get(pool, PR_NOWAIT), 1), 0)


def asks_for_both(arg: int) -> None:
    pool_get(pool, PR_WAITOK | PR_NOWAIT)


def soft_takes(arg: int) -> None:
    pool_put(pool, pool_get(pool, PR_WAITOK))


def soft_waits(arg: int) -> None:
    mutex_enter(m)
    cv_wait(cv, m)


def asks_softint(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        softint_schedule(box.soft)


def hard_takes(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        pool_get(pool, PR_NOWAIT)


def forgets_the_lock(arg: int) -> None:
    cv_wait(cv, m)


def serves(arg: int) -> None:
    mark(MARK_USER, arg, 0)
    work(us(10))


def serve_wq(arg: int) -> None:
    workqueue_worker(addr(wq))


def asks(dev: int) -> None:
    if dev_read(dev, DevReg.POP) != 0:
        workqueue_enqueue(wq, first, 1)
    if dev_read(dev, DevReg.POP) != 0:
        workqueue_enqueue(wq, second, 2)


def asks_twice(dev: int) -> None:
    workqueue_enqueue(wq, first, 1)
    workqueue_enqueue(wq, first, 2)


KINDS = {"modern": MUTEX_ADAPTIVE, "2006": MUTEX_SLEEP, "textbook": MUTEX_FIFO}


def threads(family="modern", cpus=1, **others):
    mechanisms = {"modern": MODERN, "2006": OLD}
    bench = Textbook(cpus=cpus, **others) if family == "textbook" else Threads(*mechanisms[family], cpus=cpus, **others)
    bench.mutex(IPL_NONE, m)
    bench.mutex(IPL_VM, spin)
    m.kind = KINDS[family]
    if family == "2006":
        spin.kind = MUTEX_SIMPLE
    box.ready = 0
    pool.pr_free, pool.pr_items, pool.pr_ipl = 1, 1, 0
    wq.wq_func = serves
    return bench


families = pytest.mark.parametrize("family", ["modern", "2006", "textbook"])


@families
def test_a_signal_wakes_the_best_waiter_who_takes_the_lock_after_the_signaller(family):
    bench = threads(family)
    bench.later("worse", waits, at=0, prio=140, arg=1)
    bench.later("better", waits, at=us(1), prio=150, arg=2)
    bench.later("signaller", puts_one, at=us(5), prio=130, arg=11)
    bench.later("again", puts_one, at=us(10), prio=130, arg=12)
    assert bench.story() == [(5, 0, 11), (8, 0, 2), (10, 0, 12), (13, 0, 1)]


@families
def test_a_broadcast_wakes_all_best_first(family):
    bench = threads(family)
    for n, prio in enumerate((140, 160, 150)):
        bench.later(f"w{n}", waits, at=us(n), prio=prio, arg=n)
    bench.later("signaller", puts_all, at=us(5), prio=130)
    assert bench.story() == [(5, 0, 1), (5, 0, 2), (5, 0, 0)]


@families
def test_a_handler_signals_under_a_spinning_interlock(family):
    bench = threads(family)
    bench.line("disk", IPL_VM, interrupt, at=[us(5), us(6)], edge=True)
    bench.later("a", waits_for_interrupt, at=0, prio=140, arg=1)
    bench.later("b", waits_for_interrupt, at=0, prio=140, arg=2)
    assert bench.story() == [(5, 0, 1), (6, 0, 2)]


@families
def test_unparks_are_counted(family):
    bench = threads(family)
    bench.line("timer", IPL_CLOCK, unparks, at=[us(5), us(7), us(8)], edge=True)
    box.sleeper = bench.thread("t", parks, prio=140, arg=1)
    assert bench.story() == [(5, 0, 1), (15, 0, 2), (15, 0, 3)]


def test_who_is_parked_is_lent_to_and_runs_with_it_when_let_go():
    bench = threads("modern")
    bench.line("timer", IPL_CLOCK, unparks, at=[us(10)], edge=True)
    box.sleeper = bench.thread("holder", parks_with_the_lock, prio=130, arg=1)
    bench.later("best", wants_the_lock, at=us(5), prio=150, arg=2)
    bench.later("middle", is_busy, at=us(7), prio=140, arg=3)
    assert bench.story() == [(10, 0, 1), (10, 0, 2), (27, 0, 3)]


@pytest.mark.parametrize("family", ["modern", "textbook"])
def test_a_pool_makes_one_wait_and_refuses_the_other(family):
    bench = threads(family)
    bench.later("a", takes, at=0, prio=140, arg=10)
    bench.later("b", takes, at=us(2), prio=150, arg=20)
    bench.later("c", takes_if_there, at=us(3), prio=160, arg=30)
    assert bench.story() == [(0, 0, 11), (3, 0, 30), (10, 0, 21)]


def test_a_pool_wants_to_know_which():
    bench = threads()
    bench.thread("a", asks_for_both, prio=140)
    assert bench.order() == ["pool_get: one of PR_WAITOK and PR_NOWAIT"]


@pytest.mark.parametrize(
    ("func", "said"),
    [
        (soft_takes, "assert_sleepable: in a softint or interrupt thread"),
        (soft_waits, "cv_wait in a softint or interrupt thread"),
    ],
)
def test_a_soft_interrupt_may_not_sleep_even_if_it_would_not_have_to(func, said):
    bench = threads()
    pool.pr_ipl = bench.consts["IPL_SOFTNET"]
    box.soft = bench.softint(SOFT_NET, func)
    bench.line("nic", IPL_VM, asks_softint, at=[us(5)])
    assert bench.order() == [said]


def test_a_handler_may_not_use_a_pool_of_threads():
    bench = threads()
    bench.line("nic", IPL_VM, hard_takes, at=[us(5)])
    assert bench.order() == ["pool is IPL_NONE but called from interrupt context"]


def test_waiting_needs_the_interlock():
    bench = threads()
    bench.thread("a", forgets_the_lock, prio=140)
    assert bench.order() == ["cv_wait without its interlock"]


@families
def test_a_work_queue_serves_in_order_one_at_a_time(family):
    bench = threads(family)
    bench.line("nic", IPL_VM, asks, at=[us(5), us(5)])
    bench.thread("worker", serve_wq, prio=140)
    assert bench.story() == [(5, 0, 1), (15, 0, 2)]


def test_a_request_is_queued_once():
    bench = threads()
    bench.line("nic", IPL_VM, asks_twice, at=[us(5)])
    bench.thread("worker", serve_wq, prio=140)
    assert bench.order() == ["work queued twice"]
