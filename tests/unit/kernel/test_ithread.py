"""Interrupt threads: in situ, blocking on their victim, and what becomes of their level meanwhile."""

from __future__ import annotations

import pytest
from tests.unit.kernel.bench import Bench
from tests.unit.kernel.handlers import busy, drain, drain_locked, holder, lock

from splx.kernel import carrier_direct
from splx.kernel.interface.levels import IPL_BIO, IPL_CLOCK, IPL_NET, IPL_NONE
from splx.lang.kernel import us

NO_CLAMP = {name: getattr(carrier_direct, name) for name in ("mask_clamp", "mask_clamped", "mask_ready")}
QUIET = ("level", "mask", "unmask", "eoi")


def system(spl="spl_deferred", flow="flow_mask", **bodies):
    bench = Bench(spl, flow, "ithread", "softint", "preempt", consts={"IPL_DIRECT": 10}, **bodies)
    bench.mutex(IPL_NONE, lock)
    return bench


def test_it_runs_in_situ_and_higher_lines_run_directly_on_top_of_it():
    bench = system()
    bench.line("nic", IPL_NET, drain, at=[us(5)])
    bench.line("clock", IPL_CLOCK, drain, at=[us(6)], edge=True)
    bench.thread("t", busy, prio=40)
    assert (
        bench.run(until=us(100))
        == """\
0 switch t
0 accept nic
0 mask nic
0 eoi nic
0 enter intr0.7 intr_run
0 enter ithread0.7 ithread_main
0 start nic
0 accept clock
0 eoi clock
0 enter intr0.11 intr_run
0 start clock
0 done clock
0 leave intr0.11
0 done nic
0 unmask nic
0 leave ithread0.7
0 leave intr0.7
0 mark 1
0 switch idle0"""
    )


def test_it_blocks_on_its_victim_and_the_scheduler_ends_it_as_soon_as_the_lock_is_free():
    bench = system()
    bench.line("nic", IPL_NET, drain_locked, at=[us(5)])
    bench.thread("victim", holder, prio=40)
    assert (
        bench.run(until=us(100))
        == """\
0 switch victim
0 accept nic
0 mask nic
0 eoi nic
0 enter intr0.7 intr_run
0 enter ithread0.7 ithread_main
0 start nic
0 switch intr0.7
0 leave intr0.7
0 mark 1
0 enter victim.preempt preempt_run
0 switch ithread0.7
0 done nic
0 unmask nic
0 switch victim.preempt
0 leave victim.preempt
0 mark 2
0 mark 3
0 switch idle0"""
    )


def blocked(spl, flow, **bodies):
    """The thread of IPL_NET blocks; then the disk (below it) and a second line of IPL_NET interrupt."""
    bench = system(spl, flow, **bodies)
    bench.line("nic", IPL_NET, drain_locked, at=[us(5)])
    bench.line("disk", IPL_BIO, drain, at=[us(10)])
    bench.line("nic2", IPL_NET, drain, at=[us(12)])
    bench.thread("victim", holder, prio=40)
    return bench


def test_clamp_deferred_the_level_and_those_below_are_logged_until_it_ends():
    assert (
        blocked("spl_deferred", "flow_mask").run(until=us(100), hide=QUIET)
        == """\
0 switch victim
0 accept nic
0 enter intr0.7 intr_run
0 enter ithread0.7 ithread_main
0 start nic
0 switch intr0.7
0 leave intr0.7
0 accept disk
0 held disk
0 leave trap0
0 accept nic2
0 held nic2
0 leave trap0
0 mark 1
0 enter victim.preempt preempt_run
0 switch ithread0.7
0 done nic
0 switch victim.preempt
0 enter intr0.7 intr_run
0 enter ithread0.7 ithread_main
0 start nic2
0 done nic2
0 leave ithread0.7
0 enter intr0.6 intr_run
0 enter ithread0.6 ithread_main
0 start disk
0 done disk
0 leave ithread0.6
0 leave intr0.6
0 leave victim.preempt
0 mark 2
0 mark 3
0 switch idle0"""
    )


def test_clamp_of_two_blocked_threads_the_higher_level_counts():
    bench = system()
    bench.line("disk", IPL_BIO, drain_locked, at=[us(5)])
    bench.line("nic", IPL_NET, drain_locked, at=[us(7)])
    bench.line("nic2", IPL_NET, drain, at=[us(10)])
    bench.thread("victim", holder, prio=40)
    happened = bench.run(until=us(100), hide=QUIET)
    assert "0 accept nic2\n0 held nic2\n0 leave trap0\n0 mark 1\n" in happened


def test_what_is_held_is_counted_and_how_long():
    bench = blocked("spl_deferred", "flow_mask")
    bench.run(until=us(100))
    held = [(each.name, each.held, each.held_time) for each in bench.result.sources if each.kind == "device"]
    # The disk came at 10 and the nic2 at 12; the lock is free at 20, the nic needs 2, the nic2 2 more.
    assert held == [("nic", 0, 0), ("disk", 1, us(14)), ("nic2", 1, us(10))]


def test_an_interrupt_that_the_register_keeps_away_is_not_held():
    bench = blocked("spl_eager", "flow_mask")
    bench.run(until=us(100))
    assert [each.held for each in bench.result.sources if each.kind == "device"] == [0, 0, 0]


@pytest.mark.parametrize("flow", ["flow_mask", "flow_eoi_first"])
def test_clamp_eager_the_register_keeps_them_out_but_not_the_preemption_that_ends_it(flow):
    happened = blocked("spl_eager", flow).run(until=us(62), hide=QUIET)
    assert (
        happened.splitlines()[:21]
        == """\
0 switch victim
0 accept nic
0 enter intr0.7 intr_run
0 enter ithread0.7 ithread_main
0 start nic
0 switch intr0.7
0 leave intr0.7
0 mark 1
0 enter victim.preempt preempt_run
0 switch ithread0.7
0 done nic
0 switch victim.preempt
0 accept nic2
0 enter intr0.7 intr_run
0 enter ithread0.7 ithread_main
0 start nic2
0 done nic2
0 leave ithread0.7
0 leave intr0.7
0 accept disk
0 enter intr0.6 intr_run""".splitlines()
    )


def test_no_clamp_other_levels_are_live_and_a_second_interrupt_waits_for_the_thread():
    assert (
        blocked("spl_deferred", "flow_mask", **NO_CLAMP).run(until=us(100), hide=QUIET)
        == """\
0 switch victim
0 accept nic
0 enter intr0.7 intr_run
0 enter ithread0.7 ithread_main
0 start nic
0 switch intr0.7
0 leave intr0.7
0 accept disk
0 enter intr0.6 intr_run
0 enter ithread0.6 ithread_main
0 start disk
0 done disk
0 leave ithread0.6
0 leave intr0.6
0 accept nic2
0 enter intr0.7 intr_run
0 held nic2
0 leave intr0.7
0 mark 1
0 enter victim.preempt preempt_run
0 switch ithread0.7
0 done nic
0 start nic2
0 done nic2
0 switch victim.preempt
0 leave victim.preempt
0 mark 2
0 mark 3
0 switch idle0"""
    )


def test_no_clamp_an_edge_that_comes_again_while_the_thread_is_blocked_is_held_once():
    bench = system(**NO_CLAMP)
    bench.line("nic", IPL_NET, drain_locked, at=[us(5)])
    bench.line("nic2", IPL_NET, drain, at=[us(10), us(12)], edge=True)
    bench.thread("victim", holder, prio=40)
    told = bench.run(until=us(100), hide=(*QUIET, "enter", "leave", "switch")).split("\n")
    assert told[2:6] == ["0 accept nic2", "0 held nic2", "0 accept nic2", "0 held nic2"]
    assert told.count("0 done nic2") == 1


def test_eoi_last_a_blocked_thread_keeps_its_line_in_service_and_with_it_all_below():
    happened = blocked("spl_deferred", "flow_eoi_last", **NO_CLAMP).run(until=us(100), hide=QUIET)
    assert (
        happened.splitlines()[5:12]
        == """\
0 switch intr0.7
0 leave intr0.7
0 mark 1
0 enter victim.preempt preempt_run
0 switch ithread0.7
0 done nic
0 accept nic2""".splitlines()
    )
