"""Every guard that an essay argues for, taken away: what it guards against then happens, and does not with it.

An interrupt is moved across a short stretch of code, a fraction of a cycle at a time.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.kernel.bench import Bench

from splx.base.diagnostics import Findings
from splx.kernel import spl_deferred, spl_eager, spl_threshold
from splx.kernel.interface.axes import mask_clamp, mask_ready
from splx.kernel.interface.driver import splvm, splx
from splx.kernel.interface.levels import IPL_CLOCK, IPL_NET, MARK_USER
from splx.kernel.interface.lines import IntrSource
from splx.lang.kernel import Struct, i64, ns, us
from splx.machine.constants import DevReg, Kind, Mark
from splx.machine.intrinsics import dev_read, mark, pic_eoi, set_hw_level, work
from splx.simulate import simulate


class Section(Struct):
    inside: i64


state = Section()


def drain(dev: int) -> None:
    assert state.inside == 0, "a handler ran inside the section"
    while dev_read(dev, DevReg.POP) != 0:
        work(ns(100))


def tick(dev: int) -> None:
    dev_read(dev, DevReg.POP)


def section(arg: int) -> None:
    """A section at IPL_VM between two long stretches at IPL_NONE."""
    work(us(3))
    mark(MARK_USER, 0, 0)
    was = splvm()
    state.inside = 1
    work(us(2))
    state.inside = 0
    mark(MARK_USER, 1, 0)
    splx(was)
    work(us(10))


def moved(near, mechanisms, *, later=0, **bodies):
    """For an interrupt at moments from 1 ns before to 12 ns after the mark `near`: the rule that was broken, or the
    longest wait for the handler. `later`: it is one of the clock, and that of the network comes so long after it.
    """
    bench = Bench(*mechanisms, "carrier_direct", "softint", "preempt", **bodies)
    bench.line("nic", IPL_NET, drain)
    bench.line("clock", IPL_CLOCK, tick)
    bench.thread("t", section, prio=40)
    bench.run(until=us(20), machine="x86-2020")
    when = next(time for time, _, kind, a, _ in bench.records if (kind, a) == (Mark.USER, near))
    for step in range(-5, 60):
        at = when + step * 200
        once = [replace(each, kind=Kind.RECORDED, recording=(0,), limit=1) for each in bench.system.devices]
        nic, clock = once if later else (once[0], bench.system.devices[1])
        devices = (replace(nic, offset=at + later), replace(clock, offset=at))
        try:
            result = simulate(replace(bench.system, devices=devices), "x86-2020", time=us(20))
            yield result.sources[0].start.most
        except Findings as found:
            yield found.diagnostics[0].message


def splx_torn(level: int) -> None:
    """spl_deferred without the compare-and-swap: the test and the store are two actions."""
    if level < spl_deferred.spl.ilevel:
        if spl_deferred.spl.ipending & mask_ready(level) != 0:
            spl_deferred.spllower(level)
        else:
            spl_deferred.spl.ilevel = level


def splx_test_first(level: int) -> None:
    """spl_threshold with the test before the store."""
    if level < spl_threshold.spl.ilevel:
        if spl_threshold.spl.waits > level:
            spl_threshold.spllower(level)
        else:
            spl_threshold.spl.ilevel = level


def splraise_register_first(level: int) -> int:
    """spl_eager with the register before the word."""
    old = spl_eager.spl.ilevel
    if level > old:
        set_hw_level(mask_clamp(level))
        spl_eager.spl.ilevel = level
    return old


def flow_hold_unmasked(s: IntrSource) -> None:
    """A held level-triggered line is ended, and not masked."""
    pic_eoi(s.is_irq)


DEFERRED = ("spl_deferred", "flow_mask")
EAGER = ("spl_eager", "flow_mask")
THRESHOLD = ("spl_threshold", "flow_mask")
HOLD = {"flow_hold": spl_threshold.flow_hold}


@pytest.mark.parametrize(
    ("mechanisms", "guarded", "torn"),
    [
        (DEFERRED, {}, {"splx": splx_torn}),
        (DEFERRED, {"splx": spl_deferred.splx_cli}, {"splx": splx_torn}),
        (THRESHOLD, HOLD, HOLD | {"splx": splx_test_first}),
    ],
    ids=["compare and swap", "interrupts off", "store first"],
)
def test_an_interrupt_between_the_test_and_the_store_of_splx_is_not_forgotten(mechanisms, guarded, torn):
    assert max(moved(1, mechanisms, **guarded)) < us(4)
    assert max(moved(1, mechanisms, **torn)) > us(5)


def test_with_eager_levels_the_word_goes_before_the_register():
    broken = "a handler ran inside the section"
    assert broken not in moved(0, EAGER, later=us(4))
    assert broken in moved(0, EAGER, later=us(4), splraise=splraise_register_first)


def raised(arg: int) -> None:
    was = splvm()
    work(us(10))
    splx(was)


def storm(flow_hold=None):
    bodies = {} if flow_hold is None else {"flow_hold": flow_hold}
    bench = Bench(*DEFERRED, "carrier_direct", "softint", "preempt", **bodies)
    bench.line("nic", IPL_NET, drain, at=[us(2)])
    bench.thread("t", raised, prio=40)
    return bench.run(until=us(20), machine="x86-2020").splitlines().count("0 accept nic")


def test_a_held_level_line_that_is_not_masked_comes_again_and_again():
    assert storm() == 1
    assert storm(flow_hold_unmasked) > 20
