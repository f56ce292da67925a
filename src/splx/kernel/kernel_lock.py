"""kernel_lock(9): one spin lock around everything that has none of its own.

What
----
The big lock. It is recursive per CPU: an interrupt that comes on top of a holder runs under the holder's hold, and
what it takes itself is counted with it. The CPU counts all holds of the threads that are stacked on it, the thread
counts its own (`l_blcnt`), so that it can give up its share, whole, before it sleeps, and take it back after.

A CPU that must wait spins at the level it came in with, interrupts on, and says in `biglock_wanted` which of its
threads is waiting. To everybody who waits for a lock of that thread it then counts as not running.

Why
---
The code that is not ready for two CPUs is the larger part of a kernel for years. "Kernel_lock vs spin locks has an
order problem with no easy cure" (Doran, 2006-12-01); what was found is this: interrupts at IPL_BIGLOCK and no
others take it, spin mutexes are of that level or above, and so no interrupt that wants it comes while a spin mutex
is held.

The race
--------
The lock is taken and counted as one action, or an interrupt in between waits for its own CPU:

    without the raised level:
    cpu0
    cas biglock.word := 1       -- kernel_lock
    interrupt nic
    biglock_handler_enter
    kernel_lock                 -- the count is 0 still
    spins on biglock.word for ever

`biglock_wanted` is cleared by a locked exchange, and that before the thread can release a lock that others wait for.
They set the WAITERS bit and then look at `biglock_wanted`; it clears `biglock_wanted` and then looks at the WAITERS
bit. With a plain store, which the CPU may still keep to itself when it looks at the bit:

    with a plain store:
    cpu0: waiter                        cpu1: owner of m
    cas biglock.word := 1       -- kernel_lock
                                        cas m.word := owner
                                        spins on biglock.word       -- kernel_lock
    kernel_unlock returns
                                        cas biglock.word := 2
    turnstile_lookup(m)         -- the owner does not run
                                        biglock_wanted := NULL, buffered
                                        cas_local m.word := 0, buffered  -- it has seen no waiters
    cas m.word := owner | MTX_WAITERS
    reads cpu1.biglock_wanted: owner  -- so it does not run still
    switch_to(idle/0)           -- asleep
                                        biglock_wanted visible
                                        m.word visible              -- the bit is gone
    waits for ever

The old value of `biglock_wanted` is put back, not NULL: an interrupt that came while this CPU waited may have waited
too.

Invariants
----------
1. biglock_count of a CPU is the sum of l_blcnt of the threads stacked on it.
2. The word is 0, or 1 + the CPU whose count is above 0, outside the raised window.
3. A thread that sleeps holds nothing of it.

Sources
-------
NetBSD sys/kern/kern_lock.c @c872f0d9 (1.186, 2023: _kernel_lock, _kernel_unlock).

Left out
--------
Back-off between polls, and the ten seconds after which the original says who hogs the lock. Fairness: there is none
to leave out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from splx.kernel.interface.axes import preempt_point, spl_level, splraise, splx
from splx.kernel.interface.levels import IPL_BIGLOCK
from splx.kernel.interface.lwp import Lwp, ci, cpu_intr_p
from splx.lang.kernel import Struct, account, atomic, i64, inline, invariant, noinline, spin_while
from splx.machine.intrinsics import cas, cpu_number, fetch_add_local, swap

__account__ = "lock"


class BigLock(Struct):
    """A line of its own."""

    holders: ClassVar[Mapping[str, str]] = {"word": "word"}
    given_up_asleep: ClassVar[bool] = True
    word: i64 = atomic()  # CPU + 1 while held


biglock = BigLock()


def kernel_lock() -> None:
    """Take it once more. No spin mutex may be held, and no interrupt takes it that may come inside here."""
    assert ci.mtx_count == 0, "kernel_lock while a spin mutex is held"
    s = splraise(IPL_BIGLOCK)
    assert s <= IPL_BIGLOCK or not cpu_intr_p(), "kernel_lock in an interrupt above IPL_VM"
    l = ci.curlwp
    if ci.biglock_count != 0 or cas(biglock.word, 0, cpu_number() + 1):
        biglock_count(l, 1)
        splx(s)
    else:
        biglock_wait(l, s)


@inline
def biglock_count(l: Lwp, holds: int) -> None:
    """`l` has `holds` more, and so has the CPU. At IPL_BIGLOCK."""
    fetch_add_local(ci.biglock_count, holds)
    fetch_add_local(l.l_blcnt, holds)


@noinline
@account("spin")
def biglock_wait(l: Lwp, s: int) -> None:
    """Spin at level `s`, and be seen to; then take the lock."""
    wanted = ci.biglock_wanted
    ci.biglock_wanted = l
    splx(s)
    spin_while(biglock.word != 0)
    splraise(IPL_BIGLOCK)
    while not cas(biglock.word, 0, cpu_number() + 1):
        splx(s)
        spin_while(biglock.word != 0)
        splraise(IPL_BIGLOCK)
    biglock_count(l, 1)
    splx(s)
    swap(ci.biglock_wanted, wanted)


def kernel_unlock() -> None:
    """Give one hold up. After the last one, a preemption that was refused because of it happens."""
    l = ci.curlwp
    assert l.l_blcnt > 0, "kernel_unlock without kernel_lock"
    s = splraise(IPL_BIGLOCK)
    left = biglock_drop(l, 1)
    splx(s)
    if left == 0:
        preempt_point()


@inline
def biglock_drop(l: Lwp, holds: int) -> int:
    """`l` has `holds` less; with the CPU's last one the lock is free. How many the CPU has left. At IPL_BIGLOCK."""
    left = ci.biglock_count - holds
    ci.biglock_count = left
    if left == 0:
        biglock.word = 0
    fetch_add_local(l.l_blcnt, -holds)
    return left


def kernel_unlock_all() -> int:
    """Give up the running thread's holds, not those of the thread beneath it; how many they were."""
    l = ci.curlwp
    holds = l.l_blcnt
    if holds != 0:
        s = splraise(IPL_BIGLOCK)
        biglock_drop(l, holds)
        splx(s)
    return holds


@inline
def kernel_unlock_block() -> int:
    """Who waits for a lock gives up the big one as who sleeps does: its owner may be waiting for that."""
    return kernel_unlock_all()


def kernel_relock(holds: int) -> None:
    """Have `holds` again."""
    if holds != 0:
        kernel_lock()
        if holds > 1:
            s = splraise(IPL_BIGLOCK)
            biglock_count(ci.curlwp, holds - 1)
            splx(s)


@inline
def kernel_relock_block(holds: int) -> None:
    """As after any sleep."""
    kernel_relock(holds)


def kernel_locked_p() -> bool:
    """Whether this CPU holds it."""
    return ci.biglock_count != 0


def biglock_invariant() -> bool:
    """2, at IPL_BIGLOCK."""
    return (ci.biglock_count != 0) == (biglock.word == cpu_number() + 1)


@invariant()
def biglock_always() -> bool:
    """2, below IPL_BIGLOCK."""
    return spl_level() >= IPL_BIGLOCK or biglock_invariant()
