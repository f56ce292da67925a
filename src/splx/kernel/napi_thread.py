"""napi(9) with a thread for each poll routine, of the ordinary scheduling class (threaded NAPI).

What
----
`napi_schedule` wakes the thread of the routine, if it is the first to ask; the thread polls until less than the weight
is found, in sections without soft interrupts, and lets others of its priority run in between. Then it waits.

Why
---
Work of the network is the scheduler's to place and to weigh, like any other, and no other soft work waits behind it. A
switch there and one back are what it costs for each burst. It is what was left to do when interrupts no longer left
their soft work to ksoftirqd (2023): who wants fairness for threads makes the work a thread.

The race
--------
The thread may be on another CPU, and at once. A driver that schedules first and quiets its device then, which it may
where the poll comes after the handler, quiets it for ever:

    cpu0                                cpu1
    switch_to(busy)             -- better than the thread
    interrupt nic
    napi_schedule(nic_poll)
    lwp_unpark(napi/nic_poll)
    lwp_unpark returns
                                        switch_to(napi/nic_poll)
                                        nic_poll
                                        napi_complete(nic_poll)
                                        napi_complete returns 1
                                        nic_poll returns 1          -- and has let it interrupt
    napi_schedule returns
    nic_intr returns            -- and has quieted it
    waits for ever

Invariants
----------
1. While a poll routine is not scheduled, its thread waits.
2. A poll takes no more than its weight.
3. A poll returns at its level, with no spin mutex, and preemption as it was.

Sources
-------
Linux net/core/dev.c (6.x): napi_threaded_poll, napi_thread_wait, ____napi_schedule; 29863d41bb6e (2021).

Left out
--------
Turning it on and off while it is used. A thread that polls although nobody asks (busy polling).
"""

from __future__ import annotations

from splx.kernel.interface.axes import spl_level, splraise, splx
from splx.kernel.interface.levels import IPL_SOFTNET, MARK_DONE, NODEV
from splx.kernel.interface.lwp import ci
from splx.kernel.interface.napi import NAPI_MISSED, NAPI_SCHED, Napi
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.kernel.interface.sync import yield_
from splx.lang.kernel import at
from splx.machine.intrinsics import cas, mark

__account__ = "intr"


def napi_schedule(n: Napi) -> None:
    """Claim it, and wake its thread."""
    state = n.n_state
    while not cas(n.n_state, state, NAPI_SCHED if state & NAPI_SCHED == 0 else state | NAPI_MISSED):
        state = n.n_state
    if state & NAPI_SCHED == 0:
        lwp_unpark(n.n_lwp)


def napi_complete(n: Napi) -> bool:
    """Nobody's, or to be polled once more if it was asked for: the thread does not come to wait then."""
    state = n.n_state
    assert state & NAPI_SCHED != 0, "napi_complete outside a poll"
    while not cas(n.n_state, state, 0 if state & NAPI_MISSED == 0 else NAPI_SCHED):
        state = n.n_state
    missed = state & NAPI_MISSED != 0
    if missed:
        lwp_unpark(n.n_lwp)
    return not missed


def napi_loop(where: int) -> None:
    """napi_threaded_poll, of the one at address `where`."""
    n = at(Napi, where)
    while True:
        assert n.n_state & NAPI_SCHED != 0, "polled and not scheduled"
        while napi_poll(n) == n.n_weight:
            yield_()
        lwp_park()


def napi_poll(n: Napi) -> int:
    """Poll once, as a soft interrupt would."""
    s = splraise(IPL_SOFTNET)
    l = ci.curlwp
    ci.idepth += 1
    l.l_splfloor = IPL_SOFTNET
    work = n.n_func(n.n_arg, n.n_weight)
    l.l_splfloor = s
    ci.idepth -= 1
    assert 0 <= work <= n.n_weight, "a poll took more than its budget"
    assert ci.mtx_count == 0, "a poll left a spin mutex held"
    assert l.l_nopreempt == 0, "a poll left preemption disabled"
    assert spl_level() == IPL_SOFTNET, "a poll returned at another level"
    if n.n_dev != NODEV:
        mark(MARK_DONE, n.n_dev, 0)
    splx(s)
    return work
