"""callout(9): call a function so many ticks from now.

What
----
A CPU has a list of callouts, the first one first, each with the ticks that it comes after the one before it. At every
tick `hardclock` takes one off the first that waits, and if the head is due it asks for a soft interrupt at
IPL_SOFTCLOCK, which calls what is due, one after the other, each without a lock of the list. Under netbsd-5 that is a
pinned thread, under freebsd the thread swiclock, under linux a softirq: the list does not know.

A callout that waits stays on its CPU when it is scheduled again; one that does not goes to the CPU that schedules it.
One that is not mpsafe runs with the big lock, and on one CPU for good.

Why
---
A driver whose card does not answer, a connection whose other side is gone: everything that waits needs a way to stop
waiting. The hard part is not calling the function, it is being sure that it will not be called any more.

The race
--------
Who stops a callout may come too late: the function has begun. `callout_stop` says so and goes on, and then the caller
may not free what the function uses. `callout_halt` waits until it has returned:

    cpu0                                cpu1: user
    interrupt clock
    softint_schedule(softclock)
    callout_softclock
    c.c_flags := 2              -- it is off the list
    callout0.cc_active := c
    cc_lock.word := 0
                                        callout_halt(c, NULL)
                                        reads callout0.cc_active: c
                                        sleepq_enter
                                        switch_to(idle/1)
    late                        -- the function
    callout0.cc_active := NULL
    setrunnable(user)
    callout_softclock returns
                                        interrupt poke
                                        callout_halt returns

What the function schedules again while somebody waits for its end is stopped again, else it would run after all.

Where it runs is known from the CPU that it belongs to. If another CPU could take it meanwhile, who stops it would look
there, and not wait:

    though it runs:
    cpu0                                cpu1: user
    interrupt clock
    softint_schedule(softclock)
    callout_softclock
    callout0.cc_active := c
    cc_lock.word := 0
                                        callout_schedule(c, 9)
                                        c.c_cpu := callout1
                                        callout_schedule returns
                                        callout_halt(c, NULL)
                                        reads callout1.cc_active: NULL
                                        callout_halt returns
    late                        -- it runs, though it was halted

Invariants
----------
1. A callout is pending if and only if it is on the list of its c_cpu.
2. While its function runs, or is about to, it is the cc_active of its c_cpu.
3. When `callout_halt` returns, the function does not run, unless it is the caller, and nobody has asked for it since.

Sources
-------
NetBSD sys/kern/kern_timeout.c, about 2012 (callout_schedule_locked, callout_stop, callout_halt, callout_hardclock,
callout_softclock). There a callout moves though it runs, and one that schedules itself while it is halted stays; here
it neither moves, as in FreeBSD sys/kern/kern_timeout.c (callout_cpu_switch is put off), nor stays, as in NetBSD since.
One that waits for the big lock and is stopped by its holder is not called: FreeBSD's cc_exec_cancel.

Left out
--------
The wheel (Varghese and Lauck 1987), by which scheduling costs the same however many wait: here it is a walk along the
list, as in 4.3BSD. Times other than ticks, and ticks that are left out while a CPU sleeps. callout_reset and
callout_setfunc, callout_ack.
"""

from __future__ import annotations

from splx.kernel.interface.axes import softint_schedule
from splx.kernel.interface.callout import (
    CALLOUT_FIRED,
    CALLOUT_PENDING,
    Callout,
    CalloutCpu,
    callouts,
)
from splx.kernel.interface.levels import INTR_SLEEP, UNPREEMPTED_SLEEP
from splx.kernel.interface.locks import (
    Mutex,
    kernel_lock,
    kernel_relock,
    kernel_unlock,
    kernel_unlock_all,
    mutex_enter,
    mutex_exit,
    mutex_spin_enter,
    mutex_spin_exit,
    mutex_spin_tryenter,
)
from splx.kernel.interface.lwp import LW_IDLE, LW_NOSLEEP, ci, cpu_intr_p
from splx.kernel.interface.sched import mi_switch, sleepq_enter, sleepq_remove
from splx.lang.kernel import NULL, addr, inline, invariant
from splx.machine.intrinsics import cpu_number

__account__ = "other"


def callout_lock(c: Callout) -> CalloutCpu:
    """Take the lock of the CPU that `c` belongs to, whatever it is by then, and return that CPU's."""
    cc = c.c_cpu
    mutex_spin_enter(cc.cc_lock)
    while c.c_cpu is not cc:
        mutex_spin_exit(cc.cc_lock)
        cc = c.c_cpu
        mutex_spin_enter(cc.cc_lock)
    return cc


def callout_insert(cc: CalloutCpu, c: Callout, ticks: int) -> None:
    """Put `c` on the list, behind those that are due at the same tick. The lock is held."""
    left = max(ticks, 1)
    before: Callout = NULL
    after = cc.cc_head
    while after is not NULL and after.c_time <= left:
        left -= after.c_time
        before = after
        after = after.c_next
    c.c_time = left
    c.c_next = after
    if after is not NULL:
        after.c_time -= left
    if before is NULL:
        cc.cc_head = c
    else:
        before.c_next = c
    c.c_flags |= CALLOUT_PENDING


def callout_remove(cc: CalloutCpu, c: Callout) -> None:
    """Take `c` off the list, if it is pending; what is behind it comes no sooner. The lock is held."""
    if c.c_flags & CALLOUT_PENDING == 0:
        return
    after = c.c_next
    if after is not NULL:
        after.c_time += c.c_time
    if cc.cc_head is c:
        cc.cc_head = after
    else:
        before = cc.cc_head
        while before.c_next is not c:
            before = before.c_next
        before.c_next = after
    c.c_next = NULL
    c.c_flags &= ~CALLOUT_PENDING


def callout_schedule(c: Callout, ticks: int) -> None:
    """Here, if it neither waits nor runs and its CPU's lock is to be had; else where it is."""
    cc = callout_lock(c)
    c.c_flags &= ~CALLOUT_FIRED
    here = callouts.home[cpu_number()]
    fixed = c.c_mpsafe == 0 or here is cc or c.c_flags & CALLOUT_PENDING != 0 or cc.cc_active is c
    if fixed or not mutex_spin_tryenter(here.cc_lock):
        callout_remove(cc, c)
        callout_insert(cc, c, ticks)
    else:
        c.c_cpu = here
        callout_insert(here, c, ticks)
        mutex_spin_exit(here.cc_lock)
    mutex_spin_exit(cc.cc_lock)


def callout_stop(c: Callout) -> bool:
    """Off the list; if its function has yet to get the big lock, it is not called. It may run still."""
    cc = callout_lock(c)
    callout_remove(cc, c)
    fired = c.c_flags & CALLOUT_FIRED != 0
    c.c_flags &= ~CALLOUT_FIRED
    if cc.cc_active is c:
        cc.cc_cancel = c
    mutex_spin_exit(cc.cc_lock)
    return fired


def callout_halt(c: Callout, m: Mutex) -> bool:
    """Off the list, and off it again for as long as the function runs on another thread."""
    assert not cpu_intr_p(), "callout_halt in an interrupt that may not sleep"
    cc = callout_lock(c)
    fired = c.c_flags & CALLOUT_FIRED != 0
    released = False
    callout_remove(cc, c)
    while cc.cc_active is c and cc.cc_lwp is not ci.curlwp:
        if m is not NULL and not released:
            mutex_spin_exit(cc.cc_lock)
            mutex_exit(m)
            released = True
        else:
            callout_wait(cc)
        cc = callout_lock(c)
        callout_remove(cc, c)
    c.c_flags &= ~CALLOUT_FIRED
    mutex_spin_exit(cc.cc_lock)
    if released:
        mutex_enter(m)
    return fired


def callout_wait(cc: CalloutCpu) -> None:
    """Sleep until the function that runs has returned. The lock is held, and released by the switch."""
    l = ci.curlwp
    may = INTR_SLEEP == 2 or l.l_flag & (LW_NOSLEEP | LW_IDLE) == 0
    assert may, "callout_halt waits in a softint or interrupt thread"
    assert UNPREEMPTED_SLEEP != 0 or l.l_nopreempt == 0, "callout_halt waits with preemption disabled"
    sleepq_enter(cc.cc_sleepq, l, addr(cc), cc.cc_lock)
    holds = kernel_unlock_all()
    mi_switch()
    kernel_relock(holds)


def callout_hardclock() -> None:
    """The first that is not due yet is a tick nearer; and if any is due, somebody should look."""
    cc = callouts.cpu[cpu_number()]
    mutex_spin_enter(cc.cc_lock)
    c = cc.cc_head
    while c is not NULL and c.c_time == 0:
        c = c.c_next
    if c is not NULL:
        c.c_time -= 1
    due = cc.cc_head is not NULL and cc.cc_head.c_time == 0
    mutex_spin_exit(cc.cc_lock)
    if due:
        softint_schedule(callouts.softint)


@inline
def watchdog_tick() -> None:
    """Nobody watches."""


def callout_softclock(unused: int) -> None:
    """Call what is due, and wake who waits for that."""
    cc = callouts.cpu[cpu_number()]
    mutex_spin_enter(cc.cc_lock)
    cc.cc_lwp = ci.curlwp
    c = cc.cc_head
    while c is not NULL and c.c_time == 0:
        callout_remove(cc, c)
        c.c_flags = CALLOUT_FIRED
        cc.cc_active = c
        cc.cc_cancel = NULL
        mutex_spin_exit(cc.cc_lock)
        callout_call(cc, c)
        mutex_spin_enter(cc.cc_lock)
        cc.cc_active = NULL
        callout_wake(cc)
        c = cc.cc_head
    cc.cc_lwp = NULL
    mutex_spin_exit(cc.cc_lock)


@inline
def callout_call(cc: CalloutCpu, c: Callout) -> None:
    """The function; under the big lock, and not if it was stopped by whoever had that, unless it does without."""
    if c.c_mpsafe != 0:
        c.c_func(c.c_arg)
    else:
        kernel_lock()
        mutex_spin_enter(cc.cc_lock)
        stopped = cc.cc_cancel is c
        mutex_spin_exit(cc.cc_lock)
        if not stopped:
            c.c_func(c.c_arg)
        kernel_unlock()


@inline
def callout_wake(cc: CalloutCpu) -> None:
    """All that wait. The lock is held."""
    l = cc.cc_sleepq.sq_head
    while l is not NULL:
        sleepq_remove(cc.cc_sleepq, l)
        l = cc.cc_sleepq.sq_head


def callout_invariant(c: Callout) -> bool:
    """1, with the lock of its CPU held."""
    each = c.c_cpu.cc_head
    while each is not NULL and each is not c:
        each = each.c_next
    return (each is c) == (c.c_flags & CALLOUT_PENDING != 0)


@invariant()
def callout_always(c: Callout) -> bool:
    """1, while nobody has the lock of its CPU."""
    return c.c_cpu is NULL or c.c_cpu.cc_lock.word != 0 or callout_invariant(c)
