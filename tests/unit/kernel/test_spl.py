"""A section at IPL_VM, and a network interrupt that comes in the middle of it."""

from __future__ import annotations

import pytest
from tests.unit.kernel.bench import Bench
from tests.unit.kernel.handlers import drain, ignore, section

from splx.kernel import spl_deferred, spl_threshold
from splx.kernel.interface.levels import IPL_AUDIO, IPL_BIO, IPL_CLOCK, IPL_NET, IPL_TTY, IPL_VM
from splx.lang.kernel import us


def system(spl, flow, *, edge=False, **bodies):
    bench = Bench(spl, "carrier_direct", flow, "softint", "preempt", **bodies)
    bench.line("nic", IPL_NET, drain, at=[us(5), us(6)], edge=edge)
    bench.thread("t", section, prio=40)
    return bench


def test_eager_the_controller_keeps_it_until_the_level_falls():
    happened = system("spl_eager", "flow_eoi_first").run(until=us(100), hide=())
    assert (
        happened[happened.index("0 switch t") :]
        == """\
0 switch t
0 level 0
0 level 9
0 mark 1
0 level 0
0 accept nic
0 eoi nic
0 enter intr0.7 intr_run
0 level 7
0 start nic
0 done nic
0 level 0
0 leave intr0.7
0 mark 2
0 level 11
0 switch idle0
0 level 0"""
    )


DEFERRED = """\
0 switch t
0 accept nic
0 mask nic
0 eoi nic
0 held nic
0 leave trap0
0 mark 1
0 enter intr0.7 intr_run
0 start nic
0 done nic
0 unmask nic
0 leave intr0.7
0 mark 2
0 switch idle0"""


@pytest.mark.parametrize("flow", ["flow_mask", "flow_eoi_first", "flow_eoi_last"])
def test_deferred_it_is_logged_its_line_masked_and_it_is_replayed(flow):
    assert system("spl_deferred", flow).run(until=us(100)) == DEFERRED


def test_deferred_with_interrupts_off_around_the_test():
    happened = system("spl_deferred", "flow_mask", splx=spl_deferred.splx_cli).run(until=us(100))
    assert happened == DEFERRED


def test_deferred_edges_are_not_masked_and_coalesce_in_one_bit():
    assert (
        system("spl_deferred", "flow_mask", edge=True).run(until=us(100))
        == """\
0 switch t
0 accept nic
0 eoi nic
0 held nic
0 leave trap0
0 accept nic
0 eoi nic
0 held nic
0 leave trap0
0 mark 1
0 enter intr0.7 intr_run
0 start nic
0 done nic
0 leave intr0.7
0 mark 2
0 switch idle0"""
    )


def test_deferred_higher_levels_stay_live_and_the_highest_bit_is_replayed_first():
    bench = Bench("spl_deferred", "carrier_direct", "flow_mask", "softint", "preempt")
    bench.line("disk", IPL_BIO, drain, at=[us(5)])
    bench.line("tty", IPL_TTY, drain, at=[us(6)])
    bench.line("audio", IPL_VM, drain, at=[us(30)])
    bench.thread("t", section, prio=40)
    # The disk is replayed in the frame in which the tty has ended: the context becomes its frame.
    assert (
        bench.run(until=us(25))
        == """\
0 switch t
0 accept disk
0 mask disk
0 eoi disk
0 held disk
0 leave trap0
0 accept tty
0 mask tty
0 eoi tty
0 held tty
0 leave trap0
0 mark 1
0 enter intr0.8 intr_run
0 start tty
0 done tty
0 unmask tty
0 enter intr0.6 intr_run
0 start disk
0 done disk
0 unmask disk
0 leave intr0.6
0 mark 2
0 switch idle0"""
    )


@pytest.mark.parametrize("flow", ["flow_mask", "flow_eoi_last"])
def test_a_line_of_two_levels_is_admitted_by_the_higher_and_waits_for_the_lower(flow):
    """The thread is at IPL_VM: the handler at IPL_VM + 1 runs, the one at IPL_BIO waits, and then both run."""
    bench = Bench("spl_deferred", "carrier_direct", flow, "softint", "preempt")
    bench.line("shared", IPL_AUDIO, (ignore, IPL_AUDIO), (drain, IPL_BIO), at=[us(5)])
    bench.thread("t", section, prio=40)
    happened = bench.run(until=us(100), hide=("level", "mask", "eoi"))
    assert (
        happened
        == """\
0 switch t
0 accept shared
0 enter intr0.10 intr_run
0 start shared
0 mark 90
0 done shared
0 leave intr0.10
0 mark 1
0 enter intr0.10 intr_run
0 start shared
0 mark 90
0 done shared
0 start shared
0 done shared
0 unmask shared
0 leave intr0.10
0 mark 2
0 switch idle0"""
    )


def test_an_edge_of_two_levels_comes_again_while_the_lower_one_waits():
    bench = Bench("spl_deferred", "carrier_direct", "flow_mask", "softint", "preempt")
    bench.line("shared", IPL_AUDIO, (ignore, IPL_AUDIO), (drain, IPL_BIO), at=[us(5), us(10)], edge=True)
    bench.thread("t", section, prio=40)
    happened = bench.run(until=us(100), hide=("level", "mask", "eoi", "start", "done", "enter", "leave"))
    assert happened.split("\n") == [
        "0 switch t",
        "0 accept shared",
        "0 mark 90",
        "0 accept shared",
        "0 mark 90",
        "0 mark 1",
        "0 mark 90",  # once for both, and the lower one with it
        "0 mark 2",
        "0 switch idle0",
    ]


def test_deferred_and_eoi_first_a_level_line_comes_straight_back_and_is_masked_then():
    bench = Bench("spl_deferred", "carrier_direct", "flow_eoi_first", "softint", "preempt")
    bench.line("nic", IPL_NET, drain, at=[us(5)])
    assert (
        bench.run(until=us(100))
        == """\
0 accept nic
0 eoi nic
0 enter intr0.7 intr_run
0 accept nic
0 mask nic
0 eoi nic
0 held nic
0 leave trap0
0 start nic
0 done nic
0 unmask nic
0 enter intr0.7 intr_run
0 start nic
0 done nic
0 leave intr0.7"""
    )


def by_threshold(stop, *, edge=False):
    bench = Bench(
        "spl_threshold", "carrier_direct", "flow_mask", "softint", "preempt",
        consts={"SPL_STOP": stop}, flow_hold=spl_threshold.flow_hold,
    )  # fmt: skip
    bench.line("nic", IPL_NET, drain, at=[us(5), us(6)], edge=edge)
    bench.line("clock", IPL_CLOCK, drain, at=[us(8)], edge=True)
    bench.thread("t", section, prio=40)
    happened = bench.run(until=us(100), hide=("mask", "unmask") if edge else ())
    return happened.removeprefix("0 switch t\n")


def test_threshold_the_first_offender_raises_the_register_and_higher_levels_stay_live():
    assert (
        by_threshold(0)
        == """\
0 accept nic
0 level 9
0 eoi nic
0 held nic
0 leave trap0
0 accept clock
0 eoi clock
0 enter intr0.11 intr_run
0 level 11
0 start clock
0 done clock
0 level 9
0 leave intr0.11
0 mark 1
0 level 0
0 accept nic
0 mask nic
0 eoi nic
0 enter intr0.7 intr_run
0 level 7
0 start nic
0 done nic
0 unmask nic
0 level 0
0 leave intr0.7
0 mark 2
0 switch idle0"""
    )


def test_stop_the_first_offender_shuts_out_higher_levels_too():
    assert (
        by_threshold(1)
        == """\
0 accept nic
0 level 255
0 eoi nic
0 held nic
0 leave trap0
0 mark 1
0 level 0
0 accept clock
0 eoi clock
0 enter intr0.11 intr_run
0 accept nic
0 level 255
0 eoi nic
0 held nic
0 leave trap0
0 start clock
0 done clock
0 level 0
0 leave intr0.11
0 accept nic
0 mask nic
0 eoi nic
0 enter intr0.7 intr_run
0 start nic
0 done nic
0 unmask nic
0 leave intr0.7
0 mark 2
0 switch idle0"""
    )


@pytest.mark.parametrize("stop", [0, 1])
def test_threshold_an_edge_is_logged_because_acceptance_has_used_it_up(stop):
    """The first edge is logged, the second one stays in the controller: each is served."""
    happened = by_threshold(stop, edge=True).splitlines()
    assert happened.count("0 held nic") >= 1
    assert happened.count("0 start nic") == 2
    assert happened.count("0 done nic") == 2
