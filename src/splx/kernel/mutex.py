"""mutex(9): one name for two mechanisms, chosen by the level that the lock was declared with.

What
----
A driver says how high the highest user of its data runs, and no more. NONE or a soft level: the users are threads
and soft interrupts, which may block, so the lock is adaptive. VM and above: hard handlers use it, which may not, so
it spins. A design may draw the line elsewhere (`spin_from`); the builder notes the choice in `kind`. A lock that is
known when the system is linked goes straight to its mechanism; these functions serve the others, such as the lock of
whatever pool was passed.

Why
---
"SPL operations would be replaced by locks" (Doran, tech-smp, 2006-12-01) needs a lock that the caller need not
choose: moving the line between interrupts and threads must not touch a driver.

The race
--------
None here: `kind` is constant.

    cpu0                                cpu1
    mutex_enter(m)
    reads m.kind: MUTEX_SPIN
                                        mutex_enter(m)
                                        reads m.kind: MUTEX_SPIN

Invariants
----------
1. A lock is taken, tried for, released and asked for its owner as those of its `kind` are.

Sources
-------
NetBSD sys/kern/kern_mutex.c @00929871, mutex_init; mutex(9).

Left out
--------
mutex_destroy, mutex_obj_alloc: locks of a scenario are declared, and live as long as it does.
"""

from __future__ import annotations

from splx.kernel.interface.locks import (
    MUTEX_SPIN,
    Mutex,
    mutex_sleep_enter,
    mutex_sleep_exit,
    mutex_sleep_tryenter,
    mutex_spin_enter,
    mutex_spin_exit,
    mutex_spin_tryenter,
)
from splx.kernel.interface.lwp import ci
from splx.lang.kernel import addr, inline
from splx.machine.intrinsics import cpu_number

__account__ = "lock"


def mutex_enter(m: Mutex) -> None:
    """Take `m`, by spinning or by blocking."""
    if m.kind == MUTEX_SPIN:
        mutex_spin_enter(m)
    else:
        mutex_sleep_enter(m)


def mutex_exit(m: Mutex) -> None:
    """Release `m`."""
    if m.kind == MUTEX_SPIN:
        mutex_spin_exit(m)
    else:
        mutex_sleep_exit(m)


@inline
def interlock_exit(m: Mutex) -> None:
    """Spin mutexes count how many are held, and the others have no level."""
    mutex_exit(m)


def mutex_tryenter(m: Mutex) -> bool:
    """Take `m` if it is free."""
    if m.kind == MUTEX_SPIN:
        return mutex_spin_tryenter(m)
    return mutex_sleep_tryenter(m)


def mutex_owned(m: Mutex) -> bool:
    """Whether this CPU holds the spin mutex, or this thread the other. Owners are multiples of 8; below are flags."""
    if m.kind == MUTEX_SPIN:
        return m.word == cpu_number() + 1
    return m.word & ~7 == addr(ci.curlwp)
