"""A handler wakes a better thread: when does it run?"""

from __future__ import annotations

import pytest
from tests.unit.kernel.bench import Bench

from splx.kernel.interface.driver import (
    cv_signal,
    cv_wait,
    kpreempt_disable,
    kpreempt_enable,
    mutex_enter,
    mutex_exit,
    splsoftserial,
    splx,
    user_enter,
    user_leave,
)
from splx.kernel.interface.levels import IPL_VM, MARK_USER
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.sync import KCondvar
from splx.lang.kernel import Struct, i64, us
from splx.machine.constants import DevReg
from splx.machine.intrinsics import dev_read, mark, work


class Items(Struct):
    ready: i64


lock = Mutex()
cv = KCondvar()
items = Items()


def wake(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        work(us(1))
    mutex_enter(lock)
    items.ready += 1
    cv_signal(cv)
    mutex_exit(lock)


def better(arg: int) -> None:
    mutex_enter(lock)
    while items.ready == 0:
        cv_wait(cv, lock)
    mutex_exit(lock)
    mark(MARK_USER, 50, 0)
    work(us(5))


def kernel(arg: int) -> None:
    work(us(50))
    mark(MARK_USER, 1, 0)


def critical(arg: int) -> None:
    kpreempt_disable()
    work(us(50))
    mark(MARK_USER, 1, 0)
    kpreempt_enable()
    mark(MARK_USER, 2, 0)


def raised(arg: int) -> None:
    was = splsoftserial()
    work(us(50))
    mark(MARK_USER, 1, 0)
    splx(was)
    mark(MARK_USER, 2, 0)


def user(arg: int) -> None:
    """10 us of kernel, then 50 of user mode."""
    work(us(10))
    user_enter()
    work(us(50))
    user_leave()
    mark(MARK_USER, 1, 0)


def kernel_then_user(arg: int) -> None:
    """30 us of kernel, then 50 of user mode."""
    work(us(30))
    mark(MARK_USER, 1, 0)
    user_enter()
    work(us(50))
    user_leave()
    mark(MARK_USER, 2, 0)


def ran(preempt, body, *, spl="spl_deferred", cpus=1, at=0, prio=150):
    """The interrupt comes after 20 us, at CPU `at`; the threads are on CPU 0."""
    bench = Bench(spl, "carrier_direct", "flow_eoi_first", "softint", preempt, cpus=cpus)
    bench.line("nic", IPL_VM, wake, at=[us(20)], edge=True, cpu=at)
    bench.mutex(IPL_VM, lock)
    bench.thread("t", body, prio=40)
    bench.thread("better", better, prio=prio)
    happened = bench.run(until=us(200), hide=("level", "eoi", "start", "done"))
    return happened.removeprefix("0 switch better\n0 switch t\n")


ARRIVES = "0 accept nic\n0 enter intr0.9 intr_run\n"


def test_at_once_when_the_level_falls_to_none():
    assert (
        ran("preempt", kernel)
        == ARRIVES
        + """\
0 enter t.preempt preempt_run
0 switch better
0 mark 50
0 switch t.preempt
0 leave t.preempt
0 mark 1
0 switch idle0"""
    )


def test_with_eager_levels_by_the_lowest_irq_of_all():
    assert (
        ran("preempt", kernel, spl="spl_eager")
        == ARRIVES
        + """\
0 leave intr0.9
0 accept ipi0.5
0 enter t.preempt preempt_run
0 switch better
0 mark 50
0 switch t.preempt
0 leave t.preempt
0 mark 1
0 switch idle0"""
    )


def test_on_another_cpu_by_a_poke():
    assert (
        ran("preempt", kernel, cpus=2, at=1)
        == """\
1 accept nic
1 enter intr1.9 intr_run
1 leave intr1.9
0 accept ipi0.0
0 enter intr0.13 ipi_run
0 enter t.preempt preempt_run
0 switch better
0 mark 50
0 switch t.preempt
0 leave t.preempt
0 mark 1
0 switch idle0"""
    )


def test_refused_in_a_critical_section_and_retried_at_its_end():
    assert (
        ran("preempt", critical)
        == ARRIVES
        + """\
0 enter t.preempt preempt_run
0 leave t.preempt
0 mark 1
0 switch better
0 mark 50
0 switch t
0 mark 2
0 switch idle0"""
    )


def test_not_delivered_at_a_raised_level_until_it_falls():
    assert (
        ran("preempt", raised)
        == ARRIVES
        + """\
0 leave intr0.9
0 mark 1
0 enter t.preempt preempt_run
0 switch better
0 mark 50
0 switch t.preempt
0 leave t.preempt
0 mark 2
0 switch idle0"""
    )


UNTIL_IT_ENDS = (
    ARRIVES
    + """\
0 leave intr0.9
0 mark 1
0 switch better
0 mark 50
0 switch idle0"""
)


def test_a_thread_below_the_threshold_waits_until_the_other_ends():
    assert ran("preempt", kernel, prio=100) == UNTIL_IT_ENDS


def test_never_in_the_kernel():
    assert ran("preempt_never", kernel) == UNTIL_IT_ENDS


@pytest.mark.parametrize(("preempt", "prio"), [("preempt_never", 150), ("preempt", 100)])
def test_in_user_mode_at_once_whatever_the_kernel(preempt, prio):
    assert (
        ran(preempt, user, prio=prio)
        == ARRIVES
        + """\
0 enter t.preempt preempt_run
0 switch better
0 mark 50
0 switch t.preempt
0 leave t.preempt
0 mark 1
0 switch idle0"""
    )


@pytest.mark.parametrize(("preempt", "prio"), [("preempt_never", 150), ("preempt", 100)])
def test_owed_on_the_way_back_to_user_mode(preempt, prio):
    assert (
        ran(preempt, kernel_then_user, prio=prio)
        == ARRIVES
        + """\
0 leave intr0.9
0 mark 1
0 switch better
0 mark 50
0 switch t
0 mark 2
0 switch idle0"""
    )
