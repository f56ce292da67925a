"""M4: two CPUs, two interrupt levels, three threads of different priority, three locks; scheduler and preemption.

Each function below is one step of the model's instruction table (`LOCK`, `UNLOCK`, `SPL`, `ENTER`, `EXIT`, `WAIT`,
`WAKE`, `IRET`). A thread that is dispatched goes on in the step in which it went to sleep, to its end.

Interrupts of level 1 and 2 of a CPU are sources of its own. The scheduler is one more source, below them: it is
admitted at level 0 only, and its step is possible when there is a better thread to run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from splx.check.bare import Source, Start, Symmetry, bare
from splx.lang.kernel import (
    Array,
    Const,
    PerCpu,
    Struct,
    array,
    atomic_step,
    embedded,
    entry,
    i64,
    inline,
    spin_while,
)
from splx.machine.intrinsics import (
    become,
    cpu_number,
    detach,
    dev_write,
    halt,
    intr_enable,
    leave,
    pic_eoi,
    set_hw_level,
    switch_exit,
    switch_to,
)
from splx.scenario.system import System

CPUS, LEVELS, THREADS = 2, 2, 3
BUG = Const("BUG")  # 0 right; 1 thread 0 forgets to raise the level; 2 it takes two locks in the other order
PAD = Const("PAD")  # steps on nothing that others see, in every section: 0 or 3
READY, RUNNING, BLOCKED = 0, 1, 2
MUTEX = 2
ON_MUTEX, ON_FLAG = 3, 5  # what a thread waits for; ON_FLAG + number of the flag
ACK = 4  # register of a device
SCHEDULER = CPUS * LEVELS  # its source on CPU 0


class Lock(Struct):
    """0 free, or who holds it: 1 + thread, or 4 + 2 * CPU + interrupt level."""

    holders: ClassVar[Mapping[str, str]] = {"owner": "owner"}
    owner: i64


class Thread(Struct):
    """What the scheduler knows of a thread. Its context has its number."""

    status: i64
    waits: i64


class Kernel(Struct):
    """Everything that all CPUs see."""

    lock: Array[Lock] = embedded(array(3))
    thread: Array[Thread] = embedded(array(3))
    flag: Array[i64] = array(2)


class Cpu(PerCpu):
    """What a CPU knows of itself."""

    running: i64 = 0  # 1 + thread, 0 idle
    spl: i64 = 0  # the level of its thread
    active: i64 = 0  # bit per interrupt level


kernel = Kernel()
ci = Cpu()


# ---- threads


@atomic_step
def lock_enter(number: int) -> None:
    """SLOCK of a thread."""
    spin_while(kernel.lock[number].owner != 0)
    kernel.lock[number].owner = ci.running


@atomic_step
def lock_exit(number: int) -> None:
    """SUNLOCK."""
    kernel.lock[number].owner = 0


@atomic_step
def spl(level: int) -> None:
    """SPL. The scheduler is masked from level 1 on."""
    ci.spl = level
    set_hw_level(0 if level == 0 else level + 1)


@atomic_step
def spl_lower(level: int) -> None:
    """SPL, to a level that is lower: what was held off may come."""
    ci.spl = level
    set_hw_level(0 if level == 0 else level + 1)


@atomic_step
def nothing() -> None:
    """NOP."""


@inline
def pad() -> None:
    """As many of them as the model has."""
    if PAD > 0:
        nothing()
        nothing()
        nothing()


@atomic_step
def mutex_enter() -> None:
    """MENTER: who cannot have it sleeps until it is handed over."""
    if kernel.lock[MUTEX].owner == 0:
        kernel.lock[MUTEX].owner = ci.running
    else:
        sleep(ON_MUTEX)


@atomic_step
def mutex_exit() -> None:
    """MEXIT: to the best thread that waits for it."""
    t = best_waiter(ON_MUTEX)
    kernel.lock[MUTEX].owner = t + 1
    if t >= 0:
        make_ready(t)


@atomic_step
def wait(number: int) -> None:
    """WAIT for a flag, which falls."""
    if kernel.flag[number] != 0:
        kernel.flag[number] = 0
    else:
        sleep(ON_FLAG + number)


@inline
def sleep(what: int) -> None:
    """Leave the CPU idle."""
    t = kernel.thread[ci.running - 1]
    t.status = BLOCKED
    t.waits = what
    ci.running = 0
    switch_to(THREADS + cpu_number())


@inline
def best_waiter(what: int) -> int:
    """The thread of the highest priority that waits for something, -1 none."""
    if kernel.thread[2].waits == what:
        return 2
    if kernel.thread[1].waits == what:
        return 1
    return 0 if kernel.thread[0].waits == what else -1


@inline
def make_ready(t: int) -> None:
    """It waits no more."""
    kernel.thread[t].status = READY
    kernel.thread[t].waits = 0


@entry
def thread0(unused: int) -> None:
    """The lowest priority."""
    while True:
        mutex_enter()
        if BUG == 2:
            spl(2)
            lock_enter(0)
            lock_enter(1)
            lock_exit(1)
            lock_exit(0)
            spl_lower(0)
        else:
            pad()
            if BUG != 1:
                spl(1)
            lock_enter(0)
            pad()
            lock_exit(0)
            if BUG != 1:
                spl_lower(0)
        mutex_exit()


@entry
def thread1(unused: int) -> None:
    """Woken by the low interrupts."""
    while True:
        wait(0)
        mutex_enter()
        spl(2)
        lock_enter(1)
        pad()
        lock_exit(1)
        spl_lower(0)
        pad()
        mutex_exit()


@entry
def thread2(unused: int) -> None:
    """Woken by the high interrupts: the highest priority."""
    while True:
        wait(1)
        if BUG == 2:
            spl(2)
            lock_enter(1)
            lock_enter(0)
            pad()
            lock_exit(0)
            lock_exit(1)
        else:
            spl(1)
            lock_enter(0)
            spl(2)
            lock_enter(1)
            pad()
            lock_exit(1)
            spl_lower(1)
            lock_exit(0)
        spl_lower(0)
        pad()


# ---- CPUs


@entry
@atomic_step
def idle(unused: int) -> None:
    """Waits for interrupts, for ever."""
    while True:
        halt()


@entry
@atomic_step
def vector(irq: int) -> None:
    """Takes an interrupt, or gives the CPU to a better thread."""
    pic_eoi(irq)
    dev_write(irq, ACK, 0)
    if irq >= SCHEDULER:
        reschedule()
    else:
        level = irq & 1
        ci.active = ci.active | 1 << level
        set_hw_level(level + 2)
        intr_enable()
        become(THREADS + CPUS + irq, interrupt, level)


@inline
def reschedule() -> None:
    """If there is a better thread than the one that runs."""
    best = best_ready()
    running = ci.running
    spin_while(best < running)
    if running > 0:
        kernel.thread[running - 1].status = READY
    kernel.thread[best].status = RUNNING
    ci.running = best + 1
    detach()
    intr_enable()
    switch_exit(best)


@inline
def best_ready() -> int:
    """The thread of the highest priority that is ready, -1 none."""
    if kernel.thread[2].status == READY:
        return 2
    if kernel.thread[1].status == READY:
        return 1
    return 0 if kernel.thread[0].status == READY else -1


# ---- interrupts


@entry
def interrupt(level: int) -> None:
    """Takes the lock of its level, wakes whoever waits for it."""
    take(level)
    wake(level)
    lock_exit(level)
    back(level)


@atomic_step
def take(level: int) -> None:
    """SLOCK of an interrupt."""
    spin_while(kernel.lock[level].owner != 0)
    kernel.lock[level].owner = 4 + LEVELS * cpu_number() + level


@atomic_step
def wake(number: int) -> None:
    """WAKE: the best thread that waits for the flag; none, and it is raised."""
    t = best_waiter(ON_FLAG + number)
    if t >= 0:
        make_ready(t)
    else:
        kernel.flag[number] = 1


@atomic_step
def back(level: int) -> None:
    """IRET."""
    ci.active = ci.active & ~(1 << level)
    below = max(ci.spl, ci.active)
    set_hw_level(0 if below == 0 else below + 1)
    leave()


#: What may be done at once with the step before it: returns and steps on nothing, and the release of a lock only where
#: no interrupt comes: its handler could wait for another lock, and this one be held meanwhile.
JOINS = ("nothing", "spl_lower", "back")
CALM = ("lock_exit",)


#: Both CPUs are alike. Of what they share only locks say which is meant.
ALIKE = Symmetry((1, 0), {(Lock, "owner"): {4: 6, 5: 7, 6: 4, 7: 5}})


def m4(bug: int = 0, pad: int = 0) -> System:
    """The system; see `BUG` and `PAD`."""
    starts = [Start(each) for each in (thread0, thread1, thread2)]
    starts += [Start(idle, cpu=cpu, name=f"idle/{cpu}", idle=True) for cpu in range(CPUS)]
    sources = [Source(f"{('low', 'high')[k]}/{cpu}", cpu, k + 2) for cpu in range(CPUS) for k in range(LEVELS)]
    frames = [each.name for each in sources]
    sources += [Source(f"scheduler/{cpu}", cpu, 1) for cpu in range(CPUS)]
    holders = {1 + t: t for t in range(THREADS)} | {4 + n: THREADS + CPUS + n for n in range(SCHEDULER)}
    consts = {"BUG": bug, "PAD": pad}
    return bare(
        "M4", starts, sources=sources, vector=vector, frames=frames, consts=consts, holders=holders, symmetries=[ALIKE]
    )
