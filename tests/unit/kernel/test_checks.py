"""What a handler may not do is said at the moment it is done, with the rule in words."""

from __future__ import annotations

import pytest
from tests.unit.kernel.bench import Bench
from tests.unit.kernel.handlers import drain_and_schedule, soft

from splx.kernel.interface.driver import (
    kpreempt_disable,
    mutex_enter,
    softint_schedule,
    splhigh,
    splnet,
    splsoftnet,
    splx,
    yield_,
)
from splx.kernel.interface.levels import IPL_NET, IPL_NONE, IPL_VM
from splx.kernel.interface.locks import MUTEX_SIMPLE, MUTEX_SLEEP, Mutex
from splx.lang.kernel import us
from splx.machine.constants import DevReg
from splx.machine.intrinsics import dev_read, work

spin = Mutex()
sleep = Mutex()


def leaves_level(dev: int) -> None:
    dev_read(dev, DevReg.POP)
    splhigh()


def raises_and_lowers(dev: int) -> None:
    dev_read(dev, DevReg.POP)
    splx(splhigh())


def lets_others_in(dev: int) -> None:
    dev_read(dev, DevReg.POP)
    splx(IPL_NONE)
    splnet()


def leaves_spin(dev: int) -> None:
    dev_read(dev, DevReg.POP)
    mutex_enter(spin)


def takes_sleeping(dev: int) -> None:
    dev_read(dev, DevReg.POP)
    mutex_enter(sleep)


def leaves_sleeping(dev: int) -> None:
    dev_read(dev, DevReg.POP)
    mutex_enter(sleep)


def keeps_level(arg: int) -> None:
    splhigh()


def lowers(arg: int) -> None:
    splx(IPL_NONE)
    splsoftnet()


def keeps_spin(arg: int) -> None:
    mutex_enter(spin)


def keeps_cpu(arg: int) -> None:
    kpreempt_disable()


def bare(arg: int) -> None:
    work(us(5))
    softint_schedule(soft)


def idle(arg: int) -> None:
    return


def keeps_simple(arg: int) -> None:
    mutex_enter(spin)
    yield_()


def finding(handler, *mechanisms, body=idle, thread=idle, consts=None):
    bench = Bench("spl_deferred", "flow_mask", "preempt", *mechanisms, consts=consts or {})
    soft.si_func = body
    bench.softs.append(soft)
    bench.line("nic", IPL_NET, handler, at=[us(20)])
    bench.mutex(IPL_VM, spin)
    bench.mutex(IPL_NONE, sleep)
    if "simplelock_2006" in mechanisms:
        spin.kind, sleep.kind = MUTEX_SIMPLE, MUTEX_SLEEP
    bench.thread("t", thread, prio=40)
    bench.run(until=us(100))
    return bench.said


LOWERED = "splx below the level that the handler was called at"
DIRECT = ("carrier_direct", "softint")
THREADED = ("ithread", "softint")
OLD = ("carrier_direct", "softint_2006", "preempt_never", "kernel_lock_2006", "simplelock_2006", "biglock_2006")


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (leaves_level, "handler returned at another level"),
        (lets_others_in, LOWERED),
        (leaves_spin, "handler returned holding a spin mutex"),
        (takes_sleeping, "adaptive mutex in an interrupt that may not sleep"),
    ],
)
def test_a_handler(handler, said):
    assert finding(handler, *DIRECT) == said


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (leaves_level, "handler returned at another level"),
        (lets_others_in, LOWERED),
        (leaves_spin, "handler returned holding a spin mutex"),
        (leaves_sleeping, "handler left a mutex held"),
    ],
)
def test_a_handler_in_a_thread(handler, said):
    assert finding(handler, *THREADED, consts={"IPL_DIRECT": 10}) == said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (keeps_level, "softint returned at another level"),
        (lowers, LOWERED),
        (keeps_spin, "softint returned at another level"),
        (keeps_cpu, "softint left preemption disabled"),
        (takes_sleeping, "softint left a mutex held"),
    ],
)
def test_a_softint(body, said):
    assert finding(drain_and_schedule, *DIRECT, body=body) == said


@pytest.mark.parametrize(
    ("handler", "body", "thread", "said"),
    [
        (leaves_spin, idle, idle, "handler returned holding a simple lock"),
        (drain_and_schedule, keeps_spin, idle, "softint left a simple lock held"),
        (drain_and_schedule, lowers, idle, LOWERED),
        (drain_and_schedule, idle, keeps_simple, "blocked while holding a simple lock"),
    ],
)
def test_the_rules_of_2006(handler, body, thread, said):
    assert finding(handler, *OLD, body=body, thread=thread) == said


@pytest.mark.parametrize("spl", ["spl_deferred", "spl_threshold", "spl_eager"])
def test_every_kind_of_level_keeps_to_the_level_of_the_entry(spl):
    assert finding(lets_others_in, spl, *DIRECT, consts={"SPL_STOP": 0}) == LOWERED


def test_a_handler_may_raise_and_lower_above_the_level_of_its_entry():
    assert finding(raises_and_lowers, *DIRECT) is None


def test_scheduling_a_softint_where_the_thread_could_move_to_another_cpu():
    assert finding(drain_and_schedule, *DIRECT, thread=bare) == "softint_schedule with preemption enabled"


def test_a_thread_that_cannot_be_preempted_may():
    assert finding(drain_and_schedule, *DIRECT, thread=bare).endswith("enabled")
    bench = Bench("spl_deferred", "flow_mask", "preempt_never", *DIRECT)
    soft.si_func = idle
    bench.softs.append(soft)
    bench.thread("t", bare, prio=40)
    assert (
        bench.run(until=us(100))
        == """\
0 switch t
0 enter intr0.4 softint_run
0 enter softnet0 softint_main
0 leave softnet0
0 leave intr0.4
0 switch idle0"""
    )
