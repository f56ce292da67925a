"""Soft interrupts: on a pinned thread of their own, or on the victim's stack."""

from __future__ import annotations

import pytest
from tests.unit.kernel.bench import Bench
from tests.unit.kernel.handlers import busy, drain_and_schedule, holder, lock, soft, soft_locked, soft_work

from splx.kernel.interface.levels import IPL_NET, IPL_SOFTNET
from splx.lang.kernel import us

DEFERRED = ("spl_deferred", "carrier_direct", "flow_mask", "preempt")


def system(*mechanisms, at=(5,), body=soft_work, cpus=1):
    bench = Bench(*mechanisms, cpus=cpus)
    soft.si_func = body
    bench.line("nic", IPL_NET, drain_and_schedule, at=[us(n) for n in at])
    bench.softs.append(soft)
    bench.mutex(IPL_SOFTNET, lock)
    return bench


def test_pinned_it_runs_in_situ_when_the_handler_has_left():
    bench = system(*DEFERRED, "softint")
    bench.thread("t", busy, prio=40)
    assert (
        bench.run(until=us(100))
        == """\
0 switch t
0 accept nic
0 mask nic
0 eoi nic
0 enter intr0.7 intr_run
0 start nic
0 done nic
0 unmask nic
0 enter intr0.4 softint_run
0 enter softnet0 softint_main
0 mark 10
0 mark 11
0 leave softnet0
0 leave intr0.4
0 mark 1
0 switch idle0"""
    )


def test_pinned_with_eager_levels_it_is_an_irq_that_the_cpu_sends_itself():
    bench = system("spl_eager", "carrier_direct", "flow_eoi_first", "preempt", "softint")
    bench.thread("t", busy, prio=40)
    assert (
        bench.run(until=us(100))
        == """\
0 switch t
0 accept nic
0 eoi nic
0 enter intr0.7 intr_run
0 start nic
0 done nic
0 leave intr0.7
0 accept ipi0.3
0 eoi ipi0.3
0 enter intr0.4 softint_run
0 enter softnet0 softint_main
0 mark 10
0 mark 11
0 leave softnet0
0 leave intr0.4
0 mark 1
0 switch idle0"""
    )


def test_pinned_it_blocks_on_its_victim_which_goes_on_and_the_scheduler_ends_it():
    """The second interrupt finds the level active: its request waits, and the thread runs it before it ends."""
    bench = system(*DEFERRED, "softint", at=(5, 10), body=soft_locked)
    bench.thread("victim", holder, prio=40)
    assert (
        bench.run(until=us(100), hide=("mask", "unmask", "eoi"))
        == """\
0 switch victim
0 accept nic
0 enter intr0.7 intr_run
0 start nic
0 done nic
0 enter intr0.4 softint_run
0 enter softnet0 softint_main
0 switch intr0.4
0 leave intr0.4
0 accept nic
0 enter intr0.7 intr_run
0 start nic
0 done nic
0 leave intr0.7
0 mark 1
0 enter victim.preempt preempt_run
0 switch softnet0
0 mark 10
0 mark 11
0 mark 10
0 mark 11
0 switch victim.preempt
0 leave victim.preempt
0 mark 2
0 mark 3
0 switch idle0"""
    )


def test_pinned_it_spins_while_the_owner_runs_on_another_cpu():
    bench = system(*DEFERRED, "softint", body=soft_locked, cpus=2)
    bench.thread("t", busy, prio=40)
    bench.thread("owner", holder, prio=40, cpu=1)
    happened = bench.run(until=us(100), hide=("mask", "unmask", "eoi")).splitlines()
    assert (
        [each for each in happened if each.startswith("0")]
        == """\
0 switch t
0 accept nic
0 enter intr0.7 intr_run
0 start nic
0 done nic
0 enter intr0.4 softint_run
0 enter softnet0 softint_main
0 mark 10
0 mark 11
0 leave softnet0
0 leave intr0.4
0 mark 1
0 switch idle0""".splitlines()
    )
    assert happened.index("1 mark 1") < happened.index("0 mark 10")


@pytest.mark.parametrize(("spl", "asked"), [("spl_eager", "0 leave intr0.7\n0 accept ipi0.3\n"), ("spl_deferred", "")])
def test_2006_it_runs_on_the_victims_stack(spl, asked):
    bench = system(spl, "carrier_direct", "flow_eoi_last", "preempt_never", "softint_2006")
    bench.thread("t", busy, prio=40)
    assert (
        bench.run(until=us(100), hide=("level", "eoi"))
        == f"""\
0 switch t
0 accept nic
0 enter intr0.7 intr_run
0 start nic
0 done nic
{asked}0 enter intr0.4 softint_run
0 mark 10
0 mark 11
0 leave intr0.4
0 mark 1
0 switch idle0"""
    )


def test_2006_it_may_not_take_a_sleeping_lock():
    bench = system("spl_deferred", "carrier_direct", "flow_mask", "preempt_never", "softint_2006", body=soft_locked)
    bench.thread("t", busy, prio=40)
    bench.run(until=us(100))
    assert bench.said == "adaptive mutex in an interrupt that may not sleep"
