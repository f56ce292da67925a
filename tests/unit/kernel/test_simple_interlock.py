"""A wait whose interlock is a simple lock of 2006: its level must not go while the lock of the sleep queue is held."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.kernel.bench import Bench

from splx.kernel.interface.driver import cv_signal, cv_wait, mutex_enter, mutex_exit
from splx.kernel.interface.levels import IPL_NET
from splx.kernel.interface.locks import MUTEX_SIMPLE, Mutex
from splx.kernel.interface.sync import KCondvar
from splx.lang.kernel import Struct, i64, us
from splx.machine.constants import DevReg, Kind, Mark
from splx.machine.intrinsics import dev_read, mark, work
from splx.simulate import simulate


class Items(Struct):
    ready: i64


lock = Mutex()
cv = KCondvar()
items = Items()


def wake(dev: int) -> None:
    dev_read(dev, DevReg.POP)
    mutex_enter(lock)
    items.ready += 1
    cv_signal(cv)
    mutex_exit(lock)


def sleeper(arg: int) -> None:
    work(us(3))
    mutex_enter(lock)
    mark(4, 0, 0)
    while items.ready == 0:
        cv_wait(cv, lock)
    mutex_exit(lock)
    mark(4, 1, 0)


def test_an_interrupt_at_any_moment_of_the_wait_wakes_the_sleeper():
    bench = Bench("spl_deferred", "carrier_direct", "flow_mask", "softint", "preempt_never", "simplelock_2006")
    bench.line("nic", IPL_NET, wake)
    bench.thread("t", sleeper, prio=40)
    bench.mutex(IPL_NET, lock)
    lock.kind = MUTEX_SIMPLE
    bench.run(until=us(20), machine="x86-2020")
    when = next(time for time, _, kind, a, _ in bench.records if (kind, a) == (Mark.USER, 0))
    for step in range(200):
        (nic,) = bench.system.devices
        nic = replace(nic, kind=Kind.RECORDED, offset=when + step * 5000, recording=(0,), limit=1)
        marks = []

        def take(log, marks=marks):
            marks += [log[at + 3] for at in range(0, len(log), 5) if log[at + 2] == Mark.USER]

        simulate(replace(bench.system, devices=(nic,)), "x86-2020", time=us(20), trace=take)
        assert marks == [0, 1]
