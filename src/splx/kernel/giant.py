"""Giant: what is left of a big lock when it is an ordinary mutex.

What
----
`kernel_lock` takes an adaptive mutex, of which a thread may have several holds. It is released whole when its owner
sleeps for an event, and taken again afterwards; it is kept when the owner waits for another mutex, and when it is
preempted. A handler that is not mpsafe has it around its call, in its interrupt thread. Where WITNESS looks,
it comes first: nobody begins to hold it who has another mutex.

Why
---
FreeBSD's way out of the big lock (2000 to 2021): once interrupts run in threads, the lock that they take may block,
so none of the cures is needed that a spinning big lock asks for. Who waits for it lends its priority, like for any.

The race
--------
An interrupt thread wants Giant, which a thread has. It blocks, the thread goes on, and no CPU spins:

    cpu0
    kernel_lock
    cas giant_lock.word := user
    interrupt nic
    switch_to(irq/nic)          -- the interrupt thread
    kernel_lock
    turnstile_lend(irq/nic)     -- it blocks
    kernel_unlock               -- the thread, which goes on with that priority
    switch_to(irq/nic)

Invariants
----------
1. `holds` is not zero exactly while the lock has an owner that is not just taking or releasing it.

Sources
-------
FreeBSD sys/kern/kern_intr.c, ithread_execute_handlers (@013ea0bf); sys/sys/mutex.h, DROP_GIANT, PICKUP_GIANT;
sys/kern/subr_witness.c, witness_checkorder ("Giant after non-sleepable").

Left out
--------
Locks that may be held asleep (sx), which may be taken before Giant.
"""

from __future__ import annotations

from splx.kernel.interface.levels import LOCKED_SLEEP
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, Mutex, mutex_sleep_enter, mutex_sleep_exit
from splx.kernel.interface.lwp import ci
from splx.lang.kernel import Struct, addr, i64, inline, invariant

__account__ = "lock"

FLAGS = 7

giant_lock = Mutex(kind=MUTEX_ADAPTIVE)


class Giant(Struct):
    """How often its owner has it. Used by the owner alone."""

    holds: i64


giant = Giant()


@inline
def giant_owned() -> bool:
    """Whether the running thread has it. No other can make this true or false."""
    return giant_lock.word & ~FLAGS == addr(ci.curlwp)


def kernel_lock() -> None:
    """mtx_lock(&Giant): once more."""
    if not giant_owned():
        assert LOCKED_SLEEP != 0 or ci.curlwp.l_locks == 0, "Giant while a mutex is held"
        mutex_sleep_enter(giant_lock)
    giant.holds += 1


def kernel_unlock() -> None:
    """mtx_unlock(&Giant): one hold less."""
    assert giant_owned(), "kernel_unlock without kernel_lock"
    giant.holds -= 1
    if giant.holds == 0:
        mutex_sleep_exit(giant_lock)


def kernel_unlock_all() -> int:
    """DROP_GIANT: before a sleep."""
    holds = 0
    if giant_owned():
        holds = giant.holds
        giant.holds = 0
        mutex_sleep_exit(giant_lock)
    return holds


@inline
def kernel_unlock_block() -> int:
    """Nothing: whoever waits for a mutex keeps it."""
    return 0


def kernel_relock(holds: int) -> None:
    """PICKUP_GIANT: after a sleep."""
    if holds != 0:
        mutex_sleep_enter(giant_lock)
        giant.holds = holds


@inline
def kernel_relock_block(holds: int) -> None:
    """Nothing."""


def kernel_locked_p() -> bool:
    """Whether the running thread has it."""
    return giant_owned()


@invariant()
def giant_always() -> bool:
    """1, one way: nobody's holds are left behind."""
    return giant.holds == 0 or giant_lock.word & ~FLAGS != 0
