"""The kernel's one lock, first come first served; and the spin locks of drivers.

What
----
Whoever enters the kernel takes one lock, and has all of the kernel to itself, with interrupts off, until it leaves: the
scheduler, every queue, every line. The lock is a queue: a CPU puts a node of its own at the end and waits until the one
before it is through. The thread that a CPU switches to goes on with the lock that the last one took. A spin lock that a
driver declares is none of this, but a word, and the level of its highest user.

Why
---
A kernel whose entries are short needs no more than one lock, and no order of locks, and what has been shown of it on
one CPU stays true. First come first served means that no CPU waits for more entries of others than there are other
CPUs: that is a bound, which a lock that goes to the quickest does not have. Each waits for a word of its own, so a
release is seen by one CPU, not by all.

The race
--------
Two CPUs wait; the one that came first goes first, however quick the other polls:

    cpu0                                cpu1                                cpu2
    mutex_enter(m)
                                        mutex_enter(m)
                                                                            mutex_enter(m)
    clh_acquire returns
                                        clh_wait
                                                                            clh_wait
    m.word := one
    mutex_enter returns
                                        clh_wait returns
                                        switch_to(idle/1)
                                        mi_switch returns
                                                                            clh_wait returns

The second CPU, whose thread must sleep, passes the lock on after its switch. A CPU takes the node of the one before it
in exchange for its own, which the one behind it still looks at.

Invariants
----------
1. The word is 0, or 1 + the number of the CPU that holds the lock.
2. -mtx_count is the number of spin locks that this CPU holds (one more while it switches); at 0 the level is what it
   was before the first. While it holds one the level is at least that of the lock.
3. CPUs get the kernel's lock in the order in which they have asked.

Sources
-------
seL4 include/smp/lock.h, src/smp/lock.c @1326364b (clh_lock_acquire, clh_lock_release). T. Craig, "Building FIFO and
priority-queuing spin locks from atomic swap", 1993.

Left out
--------
That a CPU which waits answers calls of the others meanwhile, without which a call that has to be answered would wait
for ever: no CPU here waits for an answer with the lock held.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_level, splraise, splx
from splx.kernel.interface.levels import IPL_HIGH, IPL_NONE, NCPU
from splx.kernel.interface.locks import MUTEX_SPIN, Mutex
from splx.kernel.interface.lwp import ci, cpu_intr_p
from splx.kernel.interface.sched import sched
from splx.lang.kernel import Array, Struct, account, array, atomic, embedded, i64, inline, invariant, spin_while, u8
from splx.machine.intrinsics import cas, cpu_number, fetch_add_local, swap

__account__ = "lock"

NODES = 65  # one for each CPU that a machine can have, and one


class ClhNode(Struct):
    """On a line of its own."""

    pending: u8 = atomic()  # its CPU waits for the lock, or has it


class Clh(Struct):
    """The queue."""

    tail: i64 = atomic()  # the last node + 1; 0 stands for the node that belongs to no CPU at first
    mine: Array[u8] = array(NCPU)  # the node of each CPU + 1; 0: that of its number
    before: Array[u8] = array(NCPU)  # the node that was before it, + 1
    node: Array[ClhNode] = embedded(array(NODES))


clh = Clh()


def clh_acquire() -> None:
    """Put the node of this CPU at the end, and wait for the one before. Interrupts off."""
    cpu = cpu_number()
    mine = clh.mine[cpu]
    if mine == 0:
        mine = cpu + 1
    clh.node[mine - 1].pending = 1
    before = swap(clh.tail, mine)
    if before == 0:
        before = NCPU + 1
    clh.mine[cpu] = mine
    clh.before[cpu] = before
    if clh.node[before - 1].pending != 0:
        clh_wait(before - 1)


@account("spin")
def clh_wait(before: int) -> None:
    """Until the CPU whose node that was is through."""
    spin_while(clh.node[before].pending != 0)


@inline
def clh_release() -> None:
    """Let the one behind go on. What was the node before is this CPU's from now on."""
    cpu = cpu_number()
    mine = clh.mine[cpu]
    clh.mine[cpu] = clh.before[cpu]
    clh.before[cpu] = 0
    clh.node[mine - 1].pending = 0


@inline
def spin_raise(m: Mutex) -> None:
    """The level of `m`, one more on the count, and for the first the level before."""
    level = m.ipl
    assert level > IPL_NONE, "spin mutex without a level"
    old = splraise(level)
    assert level >= old or not cpu_intr_p() or ci.mtx_count != 0, "spin mutex of a level below its handler's"
    held = fetch_add_local(ci.mtx_count, -1)
    ci.mtx_oldspl = old if held == 0 else ci.mtx_oldspl


@inline
def spin_restore() -> None:
    """One less on the count, and after the last the level before. `splx` never raises."""
    old = ci.mtx_oldspl
    held = fetch_add_local(ci.mtx_count, 1)
    splx(old if held == -1 else IPL_HIGH)


@inline
def kernels(m: Mutex) -> bool:
    """Whether `m` is the kernel's one lock."""
    return m is sched.cpu[0].rq_lock


def mutex_spin_enter(m: Mutex) -> None:
    """Enter the kernel, or take a driver's spin lock."""
    spin_raise(m)
    me = cpu_number() + 1
    assert m.word != me, "locking against myself"
    if kernels(m):
        clh_acquire()
        m.word = me
    elif not cas(m.word, 0, me):
        spin_wait(m, me)


@account("spin")
def spin_wait(m: Mutex, me: int) -> None:
    """Wait for a driver's lock, at its level."""
    spin_while(m.word != 0)
    while not cas(m.word, 0, me):
        spin_while(m.word != 0)


@inline
def mutex_spin_let_go(m: Mutex) -> None:
    """Free `m`, and leave level and count as they are."""
    m.word = 0
    if kernels(m):
        clh_release()


def mutex_spin_exit(m: Mutex) -> None:
    """Leave the kernel, or release a driver's spin lock."""
    assert m.word == cpu_number() + 1, "exiting unheld spin mutex"
    mutex_spin_let_go(m)
    spin_restore()


def mutex_spin_tryenter(m: Mutex) -> bool:
    """Take a driver's lock if it is free. Nobody tries for the kernel's."""
    assert not kernels(m), "the kernel's lock is waited for"
    spin_raise(m)
    if cas(m.word, 0, cpu_number() + 1):
        return True
    spin_restore()
    return False


@invariant()
def mutex_spin_always(m: Mutex) -> bool:
    """2, for the CPU that holds `m`."""
    mine = m.kind == MUTEX_SPIN and m.word == cpu_number() + 1
    return not mine or (ci.mtx_count < 0 and spl_level() >= m.ipl)
