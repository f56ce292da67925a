"""mutex(9), spin: raise the level, then take the lock, and stay at that level until the last one goes.

What
----
A lock for data that interrupt handlers touch. `mutex_spin_enter` raises to the level of the highest user of the
data, counts itself in `mtx_count` (0, -1, -2 ...), and takes the lock word with one locked operation.
`mutex_spin_exit` frees the word with a plain store. The level goes back, not per lock, but when the count comes
back to zero, to what it was before the first of them: locks may be released in any order, and a short lock nested
in a long one prolongs its level.

Why
---
The level keeps this CPU's handlers away, the word keeps other CPUs away. Either alone is wrong on a multiprocessor:
see below. The wait is at the raised level, so a waiter's CPU is as deaf as the holder's: Doran's second complaint
of 2006.

The race
--------
The level must be raised before the word is taken and lowered after it is freed:

    with the level raised after the word is taken:
    cpu0
    cas m.word := 1             -- the thread
    interrupt nic
    nic_intr
    mutex_enter(m)              -- the handler, on top of the thread
    stops: locking against myself  -- without the assertion it spins for ever

And the words of the count are read by interrupts between any two steps. Enter counts first, then saves the level:

    with the level saved first:
    cpu0
    spl.ilevel := IPL_VM        -- mutex_enter(m), at NONE
    ci.mtx_oldspl := IPL_NONE
    interrupt audio
    ci.mtx_oldspl := IPL_AUDIO  -- mutex_enter(n): the count is 0 still
    ci.mtx_count := 0           -- mutex_exit(n)
    ci.mtx_count := -1
    ci.mtx_count := 0           -- mutex_exit(m)
    mutex_exit returns
    spl.ilevel is IPL_VM        -- nobody will ever lower it

Exit reads the level first, then counts: once the count is zero a handler may start an episode of its own.

Invariants
----------
1. -mtx_count is the number of spin mutexes that this CPU holds (one more while it switches); at 0 the level is what
   it was before the first.
2. While this CPU holds one, its level is at least that of the lock.
3. The word is 0, or 1 + the number of the CPU that holds the lock.

Sources
-------
NetBSD sys/kern/kern_mutex.c @00929871 (MUTEX_SPIN_SPLRAISE, MUTEX_SPIN_SPLRESTORE),
sys/arch/amd64/amd64/lock_stubs.S @01432510 (mutex_spin_enter, mutex_spin_exit). The counts of operations are those
of the stub.

Left out
--------
Exponential back-off between polls: `spin_while` polls at the machine's rate. A queue: who gets the lock next is who
is quickest. The stub keeps no owner; the number of the CPU costs no memory access and lets "locking against myself"
be said at once.
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_irq_restore, spl_irq_save, spl_level
from splx.kernel.interface.levels import IPL_HIGH, IPL_NONE
from splx.kernel.interface.locks import MUTEX_SPIN, Mutex
from splx.kernel.interface.lwp import ci, cpu_intr_p
from splx.lang.kernel import account, inline, invariant, noinline, spin_while
from splx.machine.intrinsics import cas, cpu_number, fetch_add_local

__account__ = "lock"


@inline
def mutex_spin_raise(m: Mutex) -> None:
    """MUTEX_SPIN_SPLRAISE: the level of `m`, one more on the count, and for the first the level before."""
    level = m.ipl
    assert level > IPL_NONE, "spin mutex without a level"
    old = spl_irq_save(level)
    assert level >= old or not cpu_intr_p() or ci.mtx_count != 0, "spin mutex of a level below its handler's"
    held = fetch_add_local(ci.mtx_count, -1)
    ci.mtx_oldspl = old if held == 0 else ci.mtx_oldspl


@inline
def mutex_spin_restore() -> None:
    """MUTEX_SPIN_SPLRESTORE: one less on the count, and after the last the level before. `splx` never raises."""
    old = ci.mtx_oldspl
    held = fetch_add_local(ci.mtx_count, 1)
    spl_irq_restore(old if held == -1 else IPL_HIGH)


def mutex_spin_enter(m: Mutex) -> None:
    """Take `m`. Raises to its level; anything below stays out until this CPU holds no spin mutex at all."""
    mutex_spin_raise(m)
    if not cas(m.word, 0, cpu_number() + 1):
        mutex_spin_wait(m)


@noinline
@account("spin")
def mutex_spin_wait(m: Mutex) -> None:
    """Wait for `m`, at its level, reading only, and try again whenever it was seen free."""
    me = cpu_number() + 1
    assert m.word != me, "locking against myself"
    spin_while(m.word != 0)
    while not cas(m.word, 0, me):
        spin_while(m.word != 0)


def mutex_spin_exit(m: Mutex) -> None:
    """Release `m`. The last one lowers the level, which may run what was held."""
    assert m.word == cpu_number() + 1, "exiting unheld spin mutex"
    m.word = 0
    mutex_spin_restore()


@inline
def mutex_spin_let_go(m: Mutex) -> None:
    """Free the word: whoever switches has taken it for another thread, and goes on as that one."""
    m.word = 0


def mutex_spin_tryenter(m: Mutex) -> bool:
    """Take `m` if it is free; if not, undo what was done to the level."""
    mutex_spin_raise(m)
    if cas(m.word, 0, cpu_number() + 1):
        return True
    mutex_spin_restore()
    return False


def mutex_spin_invariant(m: Mutex) -> bool:
    """1, 2: for the CPU that holds `m`."""
    return m.word != cpu_number() + 1 or (ci.mtx_count < 0 and spl_level() >= m.ipl)


@invariant()
def mutex_spin_always(m: Mutex) -> bool:
    """1, 2."""
    return m.kind != MUTEX_SPIN or mutex_spin_invariant(m)
