"""An interrupt over a context that holds a spin mutex of a lower level, and takes one of a higher level itself.

The level of a CPU falls with its last spin mutex: what the interrupt took and released leaves it up, and that is no
leak.
"""

from __future__ import annotations

from tests.unit.kernel.bench import Bench
from tests.unit.kernel.handlers import drain, drain_and_schedule, soft

from splx.kernel.interface.driver import mutex_enter, mutex_exit
from splx.kernel.interface.levels import IPL_BIO, IPL_NET, IPL_SOFTCLOCK, IPL_VM
from splx.kernel.interface.locks import MUTEX_SPIN, Mutex
from splx.lang.kernel import us
from splx.machine.intrinsics import work

low = Mutex()
high = Mutex()
KERNEL = ("spl_deferred", "carrier_direct", "flow_mask", "preempt", "softint")


def holds(arg: int) -> None:
    mutex_enter(low)
    work(us(20))
    mutex_exit(low)


def takes(arg: int) -> None:
    mutex_enter(high)
    work(us(1))
    mutex_exit(high)


def drain_and_take(dev: int) -> None:
    drain(dev)
    takes(dev)


def bench_of(handler, level):
    bench = Bench(*KERNEL)
    bench.line("nic", IPL_NET, handler, at=[us(5)])
    for lock, its in ((low, level), (high, IPL_VM)):
        bench.mutex(its, lock)
        lock.kind = MUTEX_SPIN
    bench.thread("t", holds, prio=40)
    return bench


def test_a_handler():
    bench = bench_of(drain_and_take, IPL_BIO)
    bench.run(until=us(50))
    assert bench.said is None
    assert bench.result.sources[0].done == 1


def test_a_softint():
    bench = bench_of(drain_and_schedule, IPL_SOFTCLOCK)
    soft.si_func = takes
    bench.softs.append(soft)
    bench.run(until=us(50))
    assert bench.said is None
    assert bench.result.cpus[0].accounts["idle"] == us(50 - 20 - 1 - 1)
