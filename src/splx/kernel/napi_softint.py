"""napi(9) in a kernel that has no poll lists: each poll routine is a soft interrupt, which asks for itself.

What
----
The same words for a driver, and what its own authors would write: the handler quiets the device and schedules a soft
interrupt, which takes as many items as its weight allows and asks for itself again if there may be more. Whose turn it
is then is for the soft interrupts of the kernel to say: they go on above all threads, or threads of their own do.

Why
---
So that one driver runs under every kernel. NetBSD's drivers have had this form since about 2018, each by itself.

The race
--------
The state has the two bits of Linux, for the same race, and it may be another CPU that asks:

    cpu0                                cpu1
    interrupt nic
    napi_schedule(nic_poll)
    cas nic_poll.n_state := NAPI_SCHED
    nic_poll
                                        napi_schedule(nic_poll)
                                        cas nic_poll.n_state := NAPI_SCHED | NAPI_MISSED
                                        napi_schedule returns
    napi_complete(nic_poll)
    cas nic_poll.n_state := NAPI_SCHED
    softint_schedule            -- for the other
    napi_complete returns 0
    nic_poll

Invariants
----------
1. While a soft interrupt of this kind is pending or runs, its poll routine is scheduled.
2. A poll takes no more than its weight.

Sources
-------
NetBSD sys/dev/pci/if_wm.c, about 2020: wm_intr_legacy, wm_handle_queue and its rx limit, which schedules the softint
again.

Left out
--------
A budget that several poll routines share.
"""

from __future__ import annotations

from splx.kernel.interface.axes import kpreempt_disable, kpreempt_enable, softint_schedule
from splx.kernel.interface.levels import MARK_DONE, NODEV
from splx.kernel.interface.napi import NAPI_MISSED, NAPI_SCHED, Napi
from splx.lang.kernel import at
from splx.machine.intrinsics import cas, mark

__account__ = "intr"


def napi_schedule(n: Napi) -> None:
    """Claim it, and have its soft interrupt run."""
    state = n.n_state
    while not cas(n.n_state, state, NAPI_SCHED if state & NAPI_SCHED == 0 else state | NAPI_MISSED):
        state = n.n_state
    if state & NAPI_SCHED == 0:
        kpreempt_disable()
        softint_schedule(n.n_softint)
        kpreempt_enable()


def napi_complete(n: Napi) -> bool:
    """Nobody's, or to be polled once more if it was asked for."""
    state = n.n_state
    assert state & NAPI_SCHED != 0, "napi_complete outside a poll"
    while not cas(n.n_state, state, 0 if state & NAPI_MISSED == 0 else NAPI_SCHED):
        state = n.n_state
    missed = state & NAPI_MISSED != 0
    if missed:
        softint_schedule(n.n_softint)
    return not missed


def napi_action(where: int) -> None:
    """The soft interrupt of the one at address `where`."""
    n = at(Napi, where)
    assert n.n_state & NAPI_SCHED != 0, "polled and not scheduled"
    work = n.n_func(n.n_arg, n.n_weight)
    assert 0 <= work <= n.n_weight, "a poll took more than its budget"
    if n.n_dev != NODEV:
        mark(MARK_DONE, n.n_dev, 0)
    if work == n.n_weight:
        softint_schedule(n.n_softint)
