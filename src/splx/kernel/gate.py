"""Gates of work loops, for callers: closed as often as one likes, and left open while one sleeps.

What
----
`close_gate` takes the lock behind which the handlers of a line run, or counts if the caller has it already, and
`open_gate` undoes one of these. So what a driver's callers do, and what its handlers do, is done one after another
(IOCommandGate::runAction closes the gate, calls, and opens it). `sleep_gate` (commandSleep) sleeps for an event with
the gate open, however often it had been closed, and closes it as often when it has been woken. A handler may do the
same: it has the gate, and it is a thread. `wakeup_gate` (commandWakeup) wakes all who sleep for the event.
`sleep_gate_deadline` ends by itself after so many ticks, and says so: a card that never answers must not keep its
caller for ever.

Who sleeps without the gate, or in the interrupt itself, is refused (kIOReturnNotPermitted).

Why
---
A driver needs no lock of its own, and a caller who waits for the device does not keep the handlers out that it waits
for. The price is that whatever the gate protected may have changed when the caller goes on, so it looks again.

The race
--------
The caller is on the queue of the event before the gate is open. Whoever comes through the gate then finds it there:

    without that order:
    cpu0
    caller
    close_gate(card)
    sleep_gate(card, done)
    gates.of[0].word := 0
    interrupt card
    switch_to(irq/card)
    card_intr
    wakeup_gate(done)
    reads done.cv_queue.sq_head: NULL   -- nobody is there yet
    wakeup_gate returns
    done.cv_queue.sq_head := caller
    switch_to(idle/0)                   -- it sleeps, and nobody wakes it

Invariants
----------
1. An open gate is closed no more often than it is opened.
2. Who sleeps for an event has left the gate open.
3. Who sleeps behind a gate is on the queue of the event before the gate is open.

Sources
-------
XNU iokit/Kernel: IOCommandGate.cpp (runAction, commandSleep, commandWakeup), IOWorkLoop.cpp (closeGate, openGate,
sleepGate, wakeupGate), IOLocks.cpp @aca3beaa (IORecursiveLockLock, IORecursiveLockSleep,
IORecursiveLockSleepDeadline). Deadlines there are times; here they are ticks of a clock, as of `timeout`.

Left out
--------
Deadlines of handlers, whose threads have no callout for it, and sleeps that a signal ends. Waking one alone. The
priority that who has slept keeps until it has the lock again (LCK_SLEEP_PROMOTED_PRI). Commands that find the gate
disabled. Several lines behind one gate.
"""

from __future__ import annotations

from splx.kernel.interface.callout import EWOULDBLOCK, timeout_block, timeout_enter, timeout_of
from splx.kernel.interface.gates import gates
from splx.kernel.interface.levels import LOCKED_SLEEP, NIRQ
from splx.kernel.interface.lines import intr
from splx.kernel.interface.locks import (
    Mutex,
    mutex_owned,
    mutex_sleep_enter,
    mutex_sleep_exit,
    mutex_spin_enter,
    mutex_spin_exit,
)
from splx.kernel.interface.lwp import LW_NOSLEEP, ci, cpu_intr_p
from splx.kernel.interface.sched import mi_switch, sleep_hash, sleepq_enter, sleepq_remove
from splx.kernel.interface.sync import KCondvar
from splx.lang.kernel import NULL, Array, Handle, Struct, addr, array, inline, invariant, number_of, u8

__account__ = "lock"


class GateCounts(Struct):
    """IORecursiveLock.count, less the first. Guarded by the gate."""

    again: Array[u8] = array(NIRQ)


gatecounts = GateCounts()


@inline
def gate_irq(device: Handle) -> int:
    """The irq whose work loop it is."""
    s = intr.line[number_of(device)]
    assert s.is_lwp is not NULL, "the line has no work loop"
    return s.is_irq


def close_gate(device: Handle) -> None:
    """IORecursiveLockLock."""
    assert not cpu_intr_p(), "closeGate in primary interrupt context"
    irq = gate_irq(device)
    if mutex_owned(gates.of[irq]):
        gatecounts.again[irq] += 1
    else:
        mutex_sleep_enter(gates.of[irq])


def open_gate(device: Handle) -> None:
    """IORecursiveLockUnlock."""
    irq = gate_irq(device)
    assert mutex_owned(gates.of[irq]), "openGate outside the gate"
    if gatecounts.again[irq] != 0:
        gatecounts.again[irq] -= 1
    else:
        mutex_sleep_exit(gates.of[irq])


def sleep_gate(device: Handle, cv: KCondvar) -> None:
    """IORecursiveLockSleep. A handler of the work loop may sleep here, and here alone."""
    assert not cpu_intr_p(), "commandSleep in primary interrupt context"
    irq = gate_irq(device)
    assert mutex_owned(gates.of[irq]), "commandSleep outside the gate"
    l = ci.curlwp
    handler = l.l_flag & LW_NOSLEEP
    again = gate_again(irq)
    l.l_flag &= ~LW_NOSLEEP
    gate_block(gates.of[irq], cv)
    l.l_flag |= handler
    gatecounts.again[irq] = again


def sleep_gate_deadline(device: Handle, cv: KCondvar, ticks: int) -> int:
    """IORecursiveLockSleepDeadline, of a caller."""
    assert not cpu_intr_p(), "commandSleep in primary interrupt context"
    irq = gate_irq(device)
    assert mutex_owned(gates.of[irq]), "commandSleep outside the gate"
    assert ci.curlwp.l_flag & LW_NOSLEEP == 0, "commandSleep with a deadline in an action"
    again = gate_again(irq)
    late = gate_block_until(gates.of[irq], cv, ticks)
    gatecounts.again[irq] = again
    return late


@inline
def gate_again(irq: int) -> int:
    """How often the caller has closed the gate more than once, which it gives up."""
    again = gatecounts.again[irq]
    gatecounts.again[irq] = 0
    return again


def gate_block(gate: Mutex, cv: KCondvar) -> None:
    """lck_mtx_sleep: wait for the event, and only then let go of the gate."""
    l = ci.curlwp
    lock = sleep_hash(addr(cv)).sh_lock
    mutex_spin_enter(lock)
    sleepq_enter(cv.cv_queue, l, addr(cv), lock)
    cv.cv_waiters += 1
    mutex_sleep_exit(gate)
    assert LOCKED_SLEEP != 0 or l.l_locks == 0, "commandSleep with a mutex held"
    assert l.l_nopreempt == 0, "commandSleep with preemption disabled"
    mi_switch()
    mutex_sleep_enter(gate)


def gate_block_until(gate: Mutex, cv: KCondvar, ticks: int) -> int:
    """lck_mtx_sleep_deadline: the same, for so many ticks. Who was late is on no queue any more, and counts still."""
    st = timeout_of(ci.curlwp)
    lock = sleep_hash(addr(cv)).sh_lock
    mutex_spin_enter(lock)
    cv.cv_waiters += 1
    timeout_enter(st, cv.cv_queue, addr(cv), lock, ticks)
    assert LOCKED_SLEEP != 0 or ci.curlwp.l_locks == 1, "commandSleep with another mutex held"
    assert ci.curlwp.l_nopreempt == 0, "commandSleep with preemption disabled"
    mutex_sleep_exit(gate)
    timeout_block(st)
    mutex_sleep_enter(gate)
    if st.st_late == 0:
        return 0
    st.st_late = 0
    mutex_spin_enter(lock)
    cv.cv_waiters -= 1
    mutex_spin_exit(lock)
    return EWOULDBLOCK


def wakeup_gate(cv: KCondvar) -> None:
    """thread_wakeup_prim, of all."""
    lock = sleep_hash(addr(cv)).sh_lock
    mutex_spin_enter(lock)
    l = cv.cv_queue.sq_head
    while l is not NULL:
        cv.cv_waiters -= 1
        sleepq_remove(cv.cv_queue, l)
        l = cv.cv_queue.sq_head
    mutex_spin_exit(lock)


@invariant()
def gate_always() -> bool:
    """1."""
    holds = True
    for irq in range(NIRQ):
        holds = holds and (gates.of[irq].word != 0 or gatecounts.again[irq] == 0)
    return holds
