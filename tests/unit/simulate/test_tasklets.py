"""Tasklets: one CPU at a time, the list that comes first, and what a disabled one costs."""

import pytest

from splx.base.diagnostics import SplxError
from splx.base.units import UNITS
from splx.simulate.setup import Setup

DRIVER = """
from splx.scenario import *

ran = Statistic("ran")
urgent = Statistic("urgent")
nic = NIC("nic", Periodic(us(20)), ring=64, trigger=EDGE)

class Box(Struct):
    inside: i64 = atomic()
    soft: i64 = atomic()

box = Box()

@tasklet(finishes=nic)
def rx() -> None:
    assert box.inside == 0, "it runs twice"
    box.inside = 1
    while nic.pop() != 0:
        work(us(3))
    count(ran, 1)
    box.inside = 0

@tasklet()
def first() -> None:
    assert box.soft == 0, "it comes after other soft work"
    count(urgent, 1)

@softint(IPL_SOFTCLOCK)
def soft() -> None:
    box.soft = 0

@handler(nic, IPL_NET, mpsafe=True, defer=True)
def intr() -> None:
    box.soft = 1
    softint_schedule(soft)
    box.soft = 0
    tasklet_schedule(rx)
    tasklet_hi_schedule(first)

@thread(cpu=1)
def asks() -> None:
    while True:
        work(us(7))
        tasklet_schedule(rx)
        tasklet_disable(rx)
        tasklet_enable(rx)
        work(us(1))
        tasklet_kill(rx)
"""


def run(tmp_path, text, design="linux", **more):
    (tmp_path / "driver.py").write_text(text)
    return Setup(str(tmp_path / "driver.py"), design, "x86-2020", time=2 * UNITS["ms"], **more).run()


@pytest.mark.parametrize("design", ["linux", "linux:tasklets=bh", "linux-threadirqs:tasklets=bh", "linux-rt"])
def test_a_tasklet_runs_on_one_cpu_at_a_time_and_is_stopped_from_another(tmp_path, design):
    result = run(tmp_path, DRIVER, design, cpus=2)
    assert result.source("nic").done >= 98
    assert result.statistics["ran"] > 150
    assert result.statistics["urgent"] >= 98


def test_other_kernels_say_at_its_line_that_they_have_none(tmp_path):
    with pytest.raises(SplxError, match="`rx` is a tasklet, and `netbsd-5` has none"):
        run(tmp_path, DRIVER, "netbsd-5", cpus=2)
