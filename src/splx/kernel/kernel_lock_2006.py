"""kernel_lock(9), 2006: a lock-manager lock that spins, recursive, dropped by whoever sleeps.

What
----
The big lock of NetBSD before 2007: a structure of flags, counts and holder, every access to which is under an inner
simple lock, the interlock, at the level that keeps everything out. A CPU that finds it held lets the interlock go,
goes back to the level it came in with, and watches the flags. The CPU that holds it may take it again. Interrupts
take it too, in the middle of whatever they interrupted, if that ran below IPL_SCHED. (With KLOCK_SHUT a CPU stays at
the level that keeps everything out, and whatever else comes to it waits for the lock as well. With biglock_defer and
biglock_forward an interrupt does not wait.)

Why
---
It was what was there: the general lock manager with its spin flag set, and every cost of generality.

The race
--------
Laight's question (a), 2006-12-02, is what happens here:

    cpu0                                cpu1
    klock.lk_flags := LK_HAVE_EXCL
    kernel_lock returns
                                        interrupt disk
                                        kernel_lock
                                        spins on klock.lk_flags     -- at the level of the line, interrupts on
                                        -- what was interrupted waits with it
    kernel_unlock
    klock.lk_flags := 0
    kernel_unlock returns
                                        klock.lk_flags := LK_HAVE_EXCL

And Doran's problem 1, if a spin lock is ever held below the level of such an interrupt:

    cpu0                                cpu1
    cas s.word := 1             -- mutex_enter, below the level of nic
                                        kernel_lock returns
    interrupt nic
    kernel_lock
    spins on klock.lk_flags for ever
                                        mutex_enter(s)
                                        spins on s.word for ever

Invariants
----------
1. lk_cpu is 0, or 1 + the CPU that holds it; lk_count is above 0 exactly then.
2. Nobody spins for it with the interlock held or at IPL_HIGH, unless it came in so.

Sources
-------
NetBSD sys/kern/kern_lock.c @009d5601 (1.77, 2004: _kernel_lock, _kernel_unlock, lockmgr with LK_SPIN, ACQUIRE,
WAKEUP_WAITER); sys/kern/kern_synch.c @0037f95d (2005: mi_switch with KERNEL_LOCK_RELEASE_ALL).

Left out
--------
Shared holders, upgrades, draining: the flags for them are tested in one word with the others, so they cost nothing
more. The check of the recursion level against its limit. What lockmgr does for sleeping locks is in
simplelock_2006.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from splx.kernel.interface.axes import splraise, splx
from splx.kernel.interface.levels import IPL_HIGH, KLOCK_SHUT
from splx.kernel.interface.locks import biglock_freed
from splx.kernel.interface.lwp import ci
from splx.lang.kernel import Struct, account, atomic, guarded_by, i16, i64, inline, invariant, noinline, spin_while
from splx.machine.intrinsics import cas, cpu_number

__account__ = "lock"

LK_HAVE_EXCL = 1
LK_WANT_EXCL = 2


class LockManagerLock(Struct):
    """struct lock. The interlock and what it guards share a line, as they did."""

    holders: ClassVar[Mapping[str, str]] = {"lk_flags": "lk_cpu", "lk_interlock": "lk_interlock"}
    given_up_asleep: ClassVar[bool] = True
    lk_interlock: i64 = atomic()  # CPU + 1 while held
    lk_flags: i64 = atomic()  # written under the interlock, watched by waiters without
    lk_cpu: i16 = guarded_by("lk_interlock")
    lk_count: i16 = guarded_by("lk_interlock")
    lk_waiters: i16 = guarded_by("lk_interlock")


klock = LockManagerLock()


@inline
def klock_interlock() -> int:
    """spllock, simple_lock: take the interlock; the level before."""
    s = splraise(IPL_HIGH)
    if not cas(klock.lk_interlock, 0, cpu_number() + 1):
        klock_interlock_wait()
    return s


@noinline
@account("spin")
def klock_interlock_wait() -> None:
    """Spin for the interlock, at IPL_HIGH: it is held for a few instructions."""
    me = cpu_number() + 1
    spin_while(klock.lk_interlock != 0)
    while not cas(klock.lk_interlock, 0, me):
        spin_while(klock.lk_interlock != 0)


@inline
def klock_release_interlock(s: int) -> None:
    """simple_unlock, splx."""
    klock.lk_interlock = 0
    splx(s)


def klock_acquire(holds: int) -> None:
    """LK_EXCLUSIVE | LK_CANRECURSE: `holds` more."""
    me = cpu_number() + 1
    s = klock_interlock()
    if klock.lk_cpu == me:
        klock.lk_count += holds
    else:
        if klock.lk_flags != 0:
            klock_wait(s)
        klock.lk_flags = LK_WANT_EXCL
        # here the original waits for shared holders
        klock.lk_flags = LK_HAVE_EXCL
        klock.lk_cpu = me
        klock.lk_count = holds
    klock_release_interlock(s)
    ci.biglock_count += holds
    ci.curlwp.l_blcnt += holds


@noinline
@account("spin")
def klock_wait(s: int) -> None:
    """ACQUIRE: watch the flags without the interlock, at level `s` or with all shut. It is held on entry and return."""
    klock.lk_waiters += 1
    meanwhile = IPL_HIGH if KLOCK_SHUT != 0 else s
    while klock.lk_flags != 0:
        klock_release_interlock(meanwhile)
        spin_while(klock.lk_flags != 0)
        klock_interlock()
    klock.lk_waiters -= 1


def klock_drop(holds: int) -> None:
    """LK_RELEASE: `holds` less; with the last one the lock is free."""
    ci.biglock_count -= holds
    ci.curlwp.l_blcnt -= holds
    s = klock_interlock()
    klock.lk_count -= holds
    if klock.lk_count == 0:
        klock.lk_cpu = 0
        klock.lk_flags = 0
    klock_release_interlock(s)
    biglock_freed()


def biglock_ask() -> int:
    """LK_NOWAIT, for interrupts that do not wait: once more, and -1; or, if another CPU has it, which."""
    me = cpu_number() + 1
    s = klock_interlock()
    holder = klock.lk_cpu
    mine = klock.lk_flags == 0 or holder == me
    if mine:
        klock.lk_flags = LK_HAVE_EXCL
        klock.lk_cpu = me
        klock.lk_count += 1
    klock_release_interlock(s)
    if mine:
        ci.biglock_count += 1
        ci.curlwp.l_blcnt += 1
        return -1
    return holder - 1


def biglock_try() -> bool:
    """The same, for who does not care which."""
    return biglock_ask() < 0


def kernel_lock() -> None:
    """Take it once more."""
    klock_acquire(1)


def kernel_unlock() -> None:
    """Give one hold up."""
    assert ci.curlwp.l_blcnt > 0, "kernel_unlock without kernel_lock"
    klock_drop(1)


def kernel_unlock_all() -> int:
    """KERNEL_LOCK_RELEASE_ALL: before a switch; how many holds there were."""
    holds = ci.curlwp.l_blcnt
    if holds != 0:
        klock_drop(holds)
    return holds


@inline
def kernel_unlock_block() -> int:
    """Who waits for a lock gives up the big one as who sleeps does: its owner may be waiting for that."""
    return kernel_unlock_all()


def kernel_relock(holds: int) -> None:
    """KERNEL_LOCK_ACQUIRE_COUNT: after a switch, no lock of the scheduler held."""
    if holds != 0:
        klock_acquire(holds)


@inline
def kernel_relock_block(holds: int) -> None:
    """As after any sleep."""
    kernel_relock(holds)


def kernel_locked_p() -> bool:
    """Whether this CPU holds it."""
    return klock.lk_cpu == cpu_number() + 1


def klock_invariant() -> bool:
    """1, with the interlock held."""
    return (klock.lk_cpu == 0) == (klock.lk_count == 0)


@invariant()
def klock_always() -> bool:
    """1, while nobody has the interlock."""
    return klock.lk_interlock != 0 or klock_invariant()
