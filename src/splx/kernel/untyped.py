"""Memory is cleared in the kernel, under its one lock, with points at which it looks whether an interrupt waits.

What
----
Whoever makes objects of untyped memory has it cleared first: one call, which may be of any size. The kernel clears a
piece, writes down how far it has come, and counts a unit of work. After POINT_UNITS of them it asks the controller
whether an interrupt waits for this CPU. If one does, the call ends unfinished: the kernel is left, the interrupt is
taken, a better thread may run; and the thread calls again with what it called with, and goes on where it was.

Why
---
Nothing else in this kernel gives way, and interrupts are off in it. With every operation short but a few, what bounds
an interrupt's wait is the longest stretch between two points, and not the longest operation. The points are few, and at
each of them all that the kernel has begun is whole, which is what made a proof of it possible; a kernel that may be
preempted anywhere has no such places. The price is that a call may begin more than once, and that its progress has to
lie in the object: what lies in the call is lost.

The race
--------
An interrupt that comes while memory is cleared waits for the next point, and not for the end:

    cpu0
    kmem_zero(3, 1000000)
    untyped.cleared[1] := 1
    nic arrives
    untyped.units := 1          -- too early to look
    untyped.cleared[1] := 2
    untyped.units := 0          -- the second of two: a look
    kmem_retype returns 1       -- the call ends unfinished
    interrupt nic
    signal
    switch_to(irq/nic)
    nic_intr
    switch_to(maker (preempted))
    untyped.cleared[1] := 3
    kmem_retype returns 0       -- called again, it went on

Invariants
----------
1. Fewer than POINT_UNITS units of work have been done since the last look, when nobody is in the kernel.
2. A call that is begun again goes on from where it was: what it has cleared only grows.

Sources
-------
seL4 src/model/preemption.c @7c3b80d3 (preemptionPoint); src/object/untyped.c (resetUntypedCap, which clears in chunks
of 2^CONFIG_RESET_CHUNK_BITS bytes, 256, from the end). B. Blackham, Y. Shi, G. Heiser, "Improving interrupt response
time in a verifiable protected microkernel", EuroSys 2012.

Left out
--------
The other long operations: revoking and deleting capabilities, which have the same points. The look at the budget of the
running thread (MCS). A CPU that waits for the kernel's lock with an interrupt of its own is not asked for: it gets the
lock in its turn, which is at the next point only if the CPU that clears has an interrupt, too.
"""

from __future__ import annotations

from splx.kernel.interface.levels import NLWP, POINT_UNITS
from splx.kernel.interface.lwp import Lwp, ci
from splx.kernel.interface.sched import lwp_lock, lwp_unlock, sched
from splx.lang.kernel import Array, Struct, array, i64, inline, invariant
from splx.machine.intrinsics import intr_pending, work

__account__ = "other"


class Untyped(Struct):
    """Guarded by the kernel's lock."""

    units: i64  # of work since the last look
    cleared: Array[i64] = array(NLWP)  # pieces, of what each thread has asked for


untyped = Untyped()


def kmem_zero(chunks: int, each: int) -> None:
    """Clear so many pieces: call until the call is not cut short."""
    l = ci.curlwp
    me = l.l_id
    before = 0
    untyped.cleared[me] = 0
    while kmem_retype(l, chunks, each):
        assert untyped.cleared[me] > before, "a call that was begun again did not go on"
        before = untyped.cleared[me]


def kmem_retype(l: Lwp, chunks: int, each: int) -> bool:
    """One entry of the kernel: clear from where `l` has come to. Whether an interrupt cut it short."""
    me = l.l_id
    lwp_lock(l)
    cut = False
    while untyped.cleared[me] < chunks and not cut:
        work(each)
        untyped.cleared[me] += 1
        cut = preemption_point()
    lwp_unlock(l)
    return cut


@inline
def preemption_point() -> bool:
    """Count a unit of work; every so often, whether an interrupt waits."""
    if POINT_UNITS == 0:
        return False
    units = untyped.units + 1
    if units < POINT_UNITS:
        untyped.units = units
        return False
    untyped.units = 0
    return intr_pending() != 0


@invariant()
def untyped_always() -> bool:
    """1, where there are points, while nobody has the kernel's lock."""
    return POINT_UNITS == 0 or sched.cpu[0].rq_lock.word != 0 or untyped.units < POINT_UNITS
