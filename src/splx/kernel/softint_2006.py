"""softintr(9) of 2006: soft interrupts on the victim's stack, under the big lock.

What
----
`softint_schedule` (then softintr_schedule) puts a handler on the queue of its level, one for all CPUs, and asks
this CPU for the level. When the CPU's level falls below it, the frame of the soft level takes kernel_lock,
empties the queue, and leaves.

Why
---
It is what the debate started from: a soft interrupt has no thread, so it cannot wait for anything, and the
whole of the kernel's soft work runs one CPU at a time.

The race
--------
The queue is shared, so a CPU that was asked may find that another has done the work:

    cpu0                                cpu1
    interrupt nic0
    softint_schedule(first)
    softint_run
                                        interrupt nic1
                                        softint_schedule(second)
                                        softint_run
                                        kernel_lock returns
    kernel_lock
    spins on klock.lk_flags
                                        softint_dispatch
                                        first
                                        second                      -- runs both
                                        kernel_unlock returns
    softint_dispatch
    softint_dispatch returns    -- finds nothing

Invariants
----------
1. A handler is pending if and only if it is on the queue of its level.
2. Handlers of all levels run under kernel_lock.
3. A handler returns at its level, with the simple locks and the holds of kernel_lock that it was called with.

Sources
-------
NetBSD 4 sys/arch/x86/x86/softintr.c (softintr_schedule, softintr_dispatch; recollected) and the soft entry
points of sys/arch/i386/i386/vector.S @00becfc5, which take the lock for every soft level.

Left out
--------
softintr_disestablish. The separate softnet dispatch by netisr bits.
"""

from __future__ import annotations

from splx.kernel.interface.axes import intr_leave, mask_enter, spl_level, spl_request, splraise, splx
from splx.kernel.interface.levels import IPL_HIGH, LEVELS, MARK_DONE, MARK_START, NODEV, SOFTS
from splx.kernel.interface.lines import IntrSource, Softint
from splx.kernel.interface.locks import kernel_lock, kernel_unlock
from splx.kernel.interface.lwp import ci, splfloor_enter, splfloor_exit
from splx.lang.kernel import (
    NULL,
    Array,
    PerCpu,
    Struct,
    array,
    atomic,
    embedded,
    entry,
    ghost,
    i16,
    i64,
    inline,
    invariant,
    spin_while,
)
from splx.machine.intrinsics import cas, intr_disable, intr_enable, mark

__account__ = "intr"


class SoftintQueue(Struct):
    """The queue of a soft level. On a line of its own."""

    lock: i64 = atomic()  # a simple lock, held at IPL_HIGH
    # guarded by lock
    head: Softint
    tail: Softint


class SoftintQueues(Struct):
    """One for each soft level."""

    queue: Array[SoftintQueue] = embedded(array(SOFTS))


class SoftintCounts(PerCpu):
    """This CPU alone."""

    blcnt_under: Array[i16] = array(LEVELS, ghost())  # holds of the big lock when a handler of that level began


softintr = SoftintQueues()
softcounts = SoftintCounts()


@inline
def queue_lock(q: SoftintQueue) -> int:
    """Raise to IPL_HIGH and take the simple lock; returns the level before."""
    s = splraise(IPL_HIGH)
    while not cas(q.lock, 0, 1):
        spin_while(q.lock != 0)
    return s


@inline
def queue_unlock(q: SoftintQueue, s: int) -> None:
    """Release the simple lock and lower to `s`."""
    q.lock = 0
    splx(s)


def softint_schedule(si: Softint) -> None:
    """Have `si` run soon, once however often it is asked for until then."""
    q = softintr.queue[si.si_soft]
    s = queue_lock(q)
    if si.si_pending == 0:
        si.si_pending = 1
        si.si_next = NULL
        if q.head is NULL:
            q.head = si
        else:
            q.tail.si_next = si
        q.tail = si
        spl_request(si.si_soft)
    queue_unlock(q, s)


@entry
def softint_run(s: IntrSource) -> None:
    """The frame of a soft level: its handlers, here and now, one CPU at a time."""
    old = mask_enter(s.is_level)
    ci.idepth += 1
    softcounts.blcnt_under[s.is_level] = ci.curlwp.l_blcnt
    intr_enable()
    kernel_lock()
    softint_dispatch(s)
    kernel_unlock()
    intr_disable()
    assert ci.curlwp.l_blcnt == softcounts.blcnt_under[s.is_level], "softint left kernel_lock held"
    softcounts.blcnt_under[s.is_level] = 0
    ci.idepth -= 1
    intr_leave(old)


def softint_dispatch(s: IntrSource) -> None:
    """Run what is queued at the level of `s`. At that level, under kernel_lock."""
    q = softintr.queue[s.is_soft]
    si = queue_pop(q)
    while si is not NULL:
        if si.si_dev != NODEV:
            mark(MARK_START, si.si_dev, 0)
        ci.simple_under[s.is_level] = ci.simple_locks
        splfloor_enter(ci.curlwp, s.is_level)
        si.si_func(si.si_arg)
        splfloor_exit(ci.curlwp, s.is_level)
        assert ci.simple_locks == ci.simple_under[s.is_level], "softint left a simple lock held"
        assert ci.mtx_count == 0, "softint left a spin lock held"
        assert spl_level() == s.is_level, "softint returned at another level"
        if si.si_autodone != 0:
            mark(MARK_DONE, si.si_dev, 0)
        si = queue_pop(q)


def queue_pop(q: SoftintQueue) -> Softint:
    """The first of the queue, which may be scheduled again from now on; NULL if there is none."""
    s = queue_lock(q)
    si = q.head
    if si is not NULL:
        q.head = si.si_next
        si.si_pending = 0
    queue_unlock(q, s)
    return si


def softint_invariant(si: Softint) -> bool:
    """1: with the queue locked."""
    each = softintr.queue[si.si_soft].head
    while each is not NULL and each is not si:
        each = each.si_next
    return (each is si) == (si.si_pending != 0)


@invariant()
def softint_always(si: Softint) -> bool:
    """1, while nobody has the queue's lock."""
    return softintr.queue[si.si_soft].lock != 0 or softint_invariant(si)
