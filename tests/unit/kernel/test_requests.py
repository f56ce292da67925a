"""A soft level that is asked for with interrupts on, while an interrupt asks for another."""

from __future__ import annotations

from tests.unit.kernel.bench import Bench

from splx.kernel.interface.axes import spl_request, splraise, splx
from splx.kernel.interface.levels import IPL_NET, IPL_SOFTSERIAL, SOFT_CLOCK, SOFT_NET
from splx.lang.kernel import us
from splx.machine.constants import DevReg
from splx.machine.intrinsics import dev_read

SLOW = "x86-2020:alu=100ns,mul=100ns,div=100ns"


def asks_net(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        spl_request(SOFT_NET)


def asks_clock(arg: int) -> None:
    """Over and over, where neither is let in: the look at the log and the store are apart."""
    for _ in range(60):
        was = splraise(IPL_SOFTSERIAL)
        spl_request(SOFT_CLOCK)
        spl_request(SOFT_CLOCK)
        spl_request(SOFT_CLOCK)
        splx(was)


def test_neither_request_is_lost():
    """Sums are slow here, so that interrupts often come between the two."""
    consts = {"IPL_FLAG": 6, "SOFTIRQ_LOOKS": 0, "SOFT_FIRST": 0}
    bench = Bench("spl_flag", "carrier_direct", "flow_mask", "softint", "preempt", consts=consts)
    bench.line("nic", IPL_NET, asks_net, at=[us(2) + 4_713_000 * n for n in range(30)], edge=True, ring=64)
    bench.thread("t", asks_clock, prio=40)
    happened = bench.run(until=us(400), machine=SLOW).split("\n")
    entered = [each.split()[2] for each in happened if each.split()[1] == "enter"]
    assert entered.count("softclock0") == 60
    assert entered.count("softnet0") == 30
