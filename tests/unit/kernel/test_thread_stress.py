"""Everything of the thread side at once, at random: nobody enters a section that is taken, and all come home."""

from __future__ import annotations

import pytest
from tests.unit.kernel.threads import MARK_USER, MODERN, OLD, Textbook, Threads

from splx.base.units import ms
from splx.kernel.interface.driver import (
    kernel_lock,
    kernel_unlock,
    mutex_enter,
    mutex_exit,
    mutex_tryenter,
    pool_get,
    pool_put,
    softint_schedule,
    yield_,
)
from splx.kernel.interface.levels import IPL_NONE, IPL_VM, SOFT_NET
from splx.kernel.interface.lines import Softint
from splx.kernel.interface.locks import (
    MUTEX_ADAPTIVE,
    MUTEX_CEILING,
    MUTEX_FIFO,
    MUTEX_INHERIT,
    MUTEX_SIMPLE,
    MUTEX_SLEEP,
    Mutex,
)
from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.kernel.interface.sync import PR_WAITOK, KCondvar, Pool
from splx.lang.kernel import Array, Const, Struct, array, i64, ns, us
from splx.machine.constants import DevReg
from splx.machine.intrinsics import choose, dev_read, mark, work
from splx.simulate import simulate

LOCKS = 4
THREADS = 6
ROUNDS = 40
HAS_BIG_LOCK = Const("HAS_BIG_LOCK")
HAS_SOFTINTS = Const("HAS_SOFTINTS")


class World(Struct):
    lock: Array[Mutex] = array(LOCKS)
    busy: Array[i64] = array(LOCKS)
    big_busy: i64
    items: i64
    peer: Array[Lwp] = array(THREADS)
    pool: Pool
    soft: Softint


locks = [Mutex() for _ in range(LOCKS)]
spin = Mutex()
pool = Pool(pr_lock=Mutex(), pr_cv=KCondvar())
world = World(lock=locks, pool=pool)


def critical(i: int) -> None:
    assert world.busy[i] == 0, "two in a critical section"
    world.busy[i] = 1
    work(choose(5) * ns(500))
    assert world.busy[i] == 1, "two in a critical section"
    world.busy[i] = 0


def nested() -> None:
    """One lock, and perhaps the next one in it."""
    i = choose(LOCKS - 1)
    mutex_enter(world.lock[i])
    critical(i)
    if choose(2) == 0:
        mutex_enter(world.lock[i + 1])
        critical(i + 1)
        mutex_exit(world.lock[i + 1])
    mutex_exit(world.lock[i])


def under_the_big_lock() -> None:
    """It excludes others, until a sleep within gives it up."""
    kernel_lock()
    if HAS_BIG_LOCK != 0:
        assert world.big_busy == 0, "two under the big lock"
    world.big_busy = 1
    work(choose(3) * us(1))
    world.big_busy = 0
    if choose(2) == 0:
        nested()
    kernel_unlock()


def counts() -> None:
    mutex_enter(spin)
    world.items += 1
    work(choose(2) * ns(500))
    mutex_exit(spin)


def borrows() -> None:
    item = pool_get(world.pool, PR_WAITOK)
    work(choose(3) * us(1))
    pool_put(world.pool, item)


def wakes() -> None:
    """Somebody, and itself so as not to sleep for ever."""
    lwp_unpark(world.peer[choose(THREADS)])
    lwp_unpark(ci.curlwp)
    lwp_park()


def tries() -> None:
    i = choose(LOCKS)
    if mutex_tryenter(world.lock[i]):
        critical(i)
        mutex_exit(world.lock[i])


def does_something() -> None:
    k = choose(8)
    if k <= 1:
        nested()
    elif k == 2:
        under_the_big_lock()
    elif k == 3:
        counts()
    elif k == 4:
        yield_()
    elif k == 5:
        borrows()
    elif k == 6:
        wakes()
    else:
        tries()


def lives(arg: int) -> None:
    for _ in range(ROUNDS):
        work(choose(4) * us(1))
        does_something()
    mark(MARK_USER, arg, 0)


def interrupts(dev: int) -> None:
    while dev_read(dev, DevReg.POP) != 0:
        counts()
        if HAS_SOFTINTS != 0:
            softint_schedule(world.soft)


def soft(arg: int) -> None:
    nested()


FAMILIES = {
    "netbsd-5": (MODERN, MUTEX_ADAPTIVE, {}),
    "netbsd-5, threshold": (MODERN, MUTEX_ADAPTIVE, {"KPREEMPT_PRI": 128}),
    "doran": ((*MODERN, "ithread"), MUTEX_ADAPTIVE, {"IPL_DIRECT": 10}),
    "never preempted": ((*MODERN, "preempt_never"), MUTEX_ADAPTIVE, {}),
    "eager": ((*MODERN, "spl_eager"), MUTEX_ADAPTIVE, {}),
    "2006": (OLD, MUTEX_SLEEP, {}),
    "textbook, fifo": (None, MUTEX_FIFO, {}),
    "textbook, inherit": (None, MUTEX_INHERIT, {}),
    "textbook, ceiling": (None, MUTEX_CEILING, {}),
    "textbook, global": ("global", MUTEX_FIFO, {}),
}


def bench_of(family, cpus):
    mechanisms, kind, consts = FAMILIES[family]
    textbook = mechanisms in (None, "global")
    softints = family not in ("2006", "textbook, global")
    consts = consts | {"HAS_BIG_LOCK": int(not textbook), "HAS_SOFTINTS": int(softints)}
    if textbook:
        bench = Textbook(cpus=cpus, consts=consts, shared=mechanisms == "global")
    else:
        bench = Threads(*mechanisms, cpus=cpus, consts=consts)
    for each in (*locks, pool.pr_lock):
        bench.mutex(IPL_NONE, each)
        each.kind, each.ceiling = kind, 223
    bench.mutex(IPL_VM, spin)
    if family == "2006":
        spin.kind = MUTEX_SIMPLE
    pool.pr_free = pool.pr_items = 2
    world.soft = bench.softint(SOFT_NET, soft)
    free = family == "textbook, global" or not textbook
    prios = (150, 140, 130, 120, 110, 100)
    world.peer = [
        bench.thread(f"t{n}", lives, prio=prios[n], cpu=n % cpus, arg=n, bound=not free) for n in range(THREADS)
    ]
    return bench


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("cpus", [1, 3])
@pytest.mark.parametrize("machine", ["ideal", "x86-2020"])
def test_all_come_home(family, cpus, machine):
    bench = bench_of(family, cpus)
    for cpu in range(cpus):
        bench.line(f"nic{cpu}", IPL_VM, interrupts, at=[us(1 + cpu + 67 * k) for k in range(60)], edge=True, cpu=cpu,
                   ring=64)  # fmt: skip
    system = bench.build()
    for seed in range(2):
        marks = []
        simulate(system, machine, time=ms(40), seed=seed, ties=seed, trace=lambda log, to=marks: to.extend(log))
        ended = [marks[at + 3] for at in range(0, len(marks), 5) if marks[at + 2] == MARK_USER]
        assert sorted(ended) == list(range(THREADS))
