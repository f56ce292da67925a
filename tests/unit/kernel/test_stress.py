"""Everything at once, on a machine where instructions take time: no rule is broken and nothing gets lost."""

from __future__ import annotations

import random

import pytest
from tests.unit.kernel.bench import Bench

from splx.kernel import carrier_direct, spl_deferred, spl_threshold
from splx.kernel.interface.driver import (
    cv_signal,
    cv_wait,
    kpreempt_disable,
    kpreempt_enable,
    mutex_enter,
    mutex_exit,
    softint_schedule,
    splvm,
    splx,
)
from splx.kernel.interface.levels import (
    IPL_BIO,
    IPL_CLOCK,
    IPL_NET,
    IPL_SOFTSERIAL,
    IPL_TTY,
    IPL_VM,
    SOFT_CLOCK,
    SOFT_NET,
    SOFT_SERIAL,
)
from splx.kernel.interface.lines import Softint
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.sync import KCondvar
from splx.lang.kernel import Struct, i64, ms, ns, us
from splx.machine.constants import DevReg
from splx.machine.intrinsics import dev_read, work


class Items(Struct):
    ready: i64


inner = Mutex()
outer = Mutex()
spin = Mutex()
cv = KCondvar()
items = Items()


def soft_inner(arg: int) -> None:
    mutex_enter(inner)
    work(us(3))
    mutex_exit(inner)


def soft_both(arg: int) -> None:
    work(us(2))
    mutex_enter(outer)
    mutex_enter(inner)
    work(us(1))
    mutex_exit(inner)
    mutex_exit(outer)


def soft_wake(arg: int) -> None:
    mutex_enter(spin)
    items.ready += 1
    cv_signal(cv)
    mutex_exit(spin)


received = Softint(si_func=soft_inner, si_soft=SOFT_NET, si_mpsafe=1, si_index=0)
written = Softint(si_func=soft_both, si_soft=SOFT_CLOCK, si_mpsafe=1, si_index=1)
wanted = Softint(si_func=soft_wake, si_soft=SOFT_NET, si_mpsafe=1, si_index=2)
ticked = Softint(si_func=soft_inner, si_soft=SOFT_SERIAL, si_mpsafe=1, si_index=3)


def direct(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        work(us(1))
    softint_schedule(received)
    softint_schedule(wanted)


def threaded(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        mutex_enter(inner)
        work(us(1))
        mutex_exit(inner)
    softint_schedule(received)
    softint_schedule(wanted)


def disk(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        mutex_enter(spin)
        work(us(1))
        mutex_exit(spin)
    softint_schedule(written)


def clock(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        work(ns(500))
    softint_schedule(ticked)


def worker(arg: int) -> None:
    while True:
        mutex_enter(outer)
        work(us(4))
        mutex_enter(inner)
        work(us(2))
        mutex_exit(inner)
        mutex_exit(outer)
        work(us(7))
        was = splvm()
        work(us(2))
        splx(was)
        kpreempt_disable()
        work(us(1))
        kpreempt_enable()


def waiter(arg: int) -> None:
    while True:
        mutex_enter(spin)
        while items.ready == 0:
            cv_wait(cv, spin)
        items.ready -= 1
        mutex_exit(spin)
        work(us(3))


NO_CLAMP = {name: getattr(carrier_direct, name) for name in ("mask_clamp", "mask_clamped", "mask_ready")}
FLOW_HOLD = {"flow_hold": spl_threshold.flow_hold}
CLI = {"splx": spl_deferred.splx_cli}
KERNELS = {
    "netbsd-5": (("spl_deferred", "carrier_direct", "flow_mask", "preempt"), {}),
    "cli": (("spl_deferred", "carrier_direct", "flow_eoi_last", "preempt"), CLI),
    "eoi first": (("spl_deferred", "carrier_direct", "flow_eoi_first", "preempt"), {}),
    "eager": (("spl_eager", "carrier_direct", "flow_eoi_first", "preempt"), {}),
    "never": (("spl_eager", "carrier_direct", "flow_mask", "preempt_never"), {}),
    "doran": (("spl_deferred", "ithread", "flow_mask", "preempt"), {}),
    "doran eager": (("spl_eager", "ithread", "flow_mask", "preempt"), {}),
    "solaris": (("spl_eager", "ithread", "flow_eoi_first", "preempt"), {}),
    "threshold": (("spl_threshold", "carrier_direct", "flow_mask", "preempt"), FLOW_HOLD),
    "stop": (("spl_threshold", "carrier_direct", "flow_eoi_last", "preempt"), FLOW_HOLD),
    "doran threshold": (("spl_threshold", "ithread", "flow_mask", "preempt"), FLOW_HOLD),
    "no clamp": (("spl_deferred", "ithread", "flow_mask", "preempt"), NO_CLAMP),
}


def times(random_, count, mean):
    at = 0
    for _ in range(count):
        at += random_.randrange(mean // 2, mean * 2)
        yield at


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kernel", KERNELS)
def test_nothing_breaks_and_every_item_is_served(kernel, seed):
    mechanisms, bodies = KERNELS[kernel]
    draw = random.Random(seed)
    consts = {"IPL_DIRECT": 10, "SPL_STOP": int(kernel == "stop")}
    bench = Bench(*mechanisms, "softint", cpus=2, consts=consts, **bodies)
    bench.softs += [received, written, wanted, ticked]
    network = threaded if "ithread" in mechanisms else direct
    bench.line("nic0", IPL_NET, network, at=times(draw, 50, us(40)), cpu=0)
    bench.line("nic1", IPL_TTY, network, at=times(draw, 40, us(50)), cpu=1)
    bench.line("disk", IPL_BIO, disk, at=times(draw, 30, us(70)), cpu=1, edge=seed == 1)
    bench.line("clock0", IPL_CLOCK, clock, at=times(draw, 20, us(90)), cpu=0, edge=True)
    bench.line("clock1", IPL_CLOCK, clock, at=times(draw, 20, us(90)), cpu=1, edge=True)
    for lock, level in ((inner, IPL_SOFTSERIAL), (outer, IPL_SOFTSERIAL), (spin, IPL_VM)):
        bench.mutex(level, lock)
    for name, prio, cpu in (("w0", 40, 0), ("w1", 140, 1), ("w2", 60, 0)):
        bench.thread(name, worker, prio=prio, cpu=cpu, bound=name != "w2")
    bench.thread("waiter", waiter, prio=150, bound=False)
    bench.run(until=ms(5), machine="x86-2020")
    assert bench.said is None
    assert [bench.result.sources[n].done for n in range(5)] == [50, 40, 30, 20, 20]
