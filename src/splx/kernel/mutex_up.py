"""mutex(9) on one CPU: a spin mutex that never spins, since the level is all that it takes.

What
----
A kernel that is built for one CPU takes the place of `mutex_spin_enter` and `mutex_spin_tryenter`: the level is raised
and counted as in `mutex_spin`, and the word is written without a locked operation. Whoever could hold the lock when
somebody comes for it would have to be interrupted while it does, and the level does not let anybody in who might ask
for it. So it is always free.

Why
---
On one processor a mutex with an interrupt level "degenerates" to a change of that level (Soda, 2006-05): a kernel
with locks in place of levels costs such a machine next to nothing, and the lock operations that other CPUs need are
not compiled in (Doran, 2006-09).

The race
--------
There is none, as long as the level comes first. Here the line comes while the lock is held; it is logged, and the
handler runs when the level goes back:

    cpu0
    spl.ilevel := IPL_VM        -- mutex_enter(m), the thread
    ci.mtx_count := -1
    m.word := 1                 -- nobody can have it
    interrupt nic
    mask_hold                   -- and nobody can ask for it
    m.word := 0                 -- mutex_exit(m)
    ci.mtx_count := 0
    nic_intr
    m.word := 1                 -- the handler

Invariants
----------
1. Whoever comes for the lock finds it free.

Sources
-------
NetBSD sys/kern/kern_mutex.c @00929871: mutex_vector_enter and MUTEX_SPINBIT_LOCK_TRY under FULL, which is
MULTIPROCESSOR or DIAGNOSTIC. Soda, tech-kern, May 2006; Doran, "newlock", September 2006.

Left out
--------
Leaving out the word too, as a kernel without MULTIPROCESSOR and DIAGNOSTIC does: here it stays, as in one with
DIAGNOSTIC, so that a lock that is not held can be told. The adaptive mutex and the big lock are those for several CPUs.
"""

from __future__ import annotations

from splx.kernel.interface.axes import splraise
from splx.kernel.interface.levels import IPL_NONE
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import ci, cpu_intr_p
from splx.lang.kernel import inline
from splx.machine.intrinsics import cpu_number, fetch_add_local

__account__ = "lock"


@inline
def mutex_up_take(m: Mutex) -> None:
    """Raise to the level of `m`, count it, and take it: nobody has it."""
    level = m.ipl
    assert level > IPL_NONE, "spin mutex without a level"
    old = splraise(level)
    assert level >= old or not cpu_intr_p() or ci.mtx_count != 0, "spin mutex of a level below its handler's"
    held = fetch_add_local(ci.mtx_count, -1)
    ci.mtx_oldspl = old if held == 0 else ci.mtx_oldspl
    assert m.word == 0, "locking against myself"
    m.word = cpu_number() + 1


def mutex_spin_enter(m: Mutex) -> None:
    """Take `m`. Raises to its level, and that is what keeps everybody else away."""
    mutex_up_take(m)


def mutex_spin_tryenter(m: Mutex) -> bool:
    """Take `m`, which is free."""
    mutex_up_take(m)
    return True
