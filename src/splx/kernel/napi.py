"""napi(9): the poll list of a CPU, in a soft interrupt, with a budget for all of them.

What
----
`napi_schedule` makes the poll routine the caller's, by a bit of its state, and puts it on the poll list of this CPU;
who finds the bit set leaves another one behind. A soft interrupt of the network takes them off the list in turn. One
that uses up its weight goes back on the list, and one that does not has called `napi_complete`: the bits are cleared,
and if it was asked for meanwhile it is put on the list again. The soft interrupt ends when it has polled what it found,
or NETDEV_BUDGET items, or for NETDEV_TIME, and asks for itself if something is left.

Why
---
An interrupt for each packet costs the more the more there are, when there is least to spare; polling costs nothing
then, and too much when there are few. Here the first packet interrupts and the others are polled, and how many of them
are dropped is decided by the card, at no cost. The device is what is masked, by its driver: its line is not.

The race
--------
Between the last look at the device and the end of the poll it may be asked for: by a device that is not kept from
interrupting, by a timer, by who fills a ring.

    without the second bit:
    cpu0
    interrupt nic
    napi_schedule(nic_poll)
    cas nic_poll.n_state := NAPI_SCHED
    nic_poll                    -- takes the packet, and finds no other
    napi_complete(nic_poll)
    interrupt nic               -- another one
    napi_schedule(nic_poll)
    napi_schedule returns       -- it is polled, says the bit
    nic_poll.n_state is NAPI_SCHED
    cas nic_poll.n_state := 0
    napi_complete returns 1
    waits for ever              -- the packet

Invariants
----------
1. What is on a poll list is scheduled.
2. A poll takes no more than its weight.

Sources
-------
Linux net/core/dev.c (6.x): napi_schedule_prep, __napi_schedule, napi_complete_done, napi_poll, net_rx_action;
39e6c8208d7b for the second bit. Salim, Olsson, Kuznetsov, "Beyond Softnet", 2001.

Left out
--------
Polls that go on from a timer, with the device quiet (gro_flush_timeout, napi_defer_hard_irqs); polling by the reader of
a socket; disabling. What was asked for meanwhile stays in its order on the list, where Linux takes it first.
"""

from __future__ import annotations

from splx.kernel.interface.axes import (
    kpreempt_disable,
    kpreempt_enable,
    softint_schedule,
    spl_irq_restore,
    spl_irq_save,
)
from splx.kernel.interface.levels import (
    IPL_HIGH,
    MARK_DONE,
    NCPU,
    NETDEV_BUDGET,
    NETDEV_TIME,
    NODEV,
    STAMP_SOFTIRQ,
)
from splx.kernel.interface.napi import NAPI_MISSED, NAPI_SCHED, Napi, netrx
from splx.lang.kernel import NULL, PerCpu, Struct, i64, inline, invariant, stat
from splx.machine.intrinsics import cas, cpu_number, elapsed, mark, stamp

__account__ = "intr"


class SoftnetData(PerCpu):
    """softnet_data::poll_list. Used by its CPU alone, interrupts off."""

    first: Napi
    last: Napi


class SoftnetStat(Struct):
    """/proc/net/softnet_stat."""

    time_squeeze: i64 = stat()  # budgets that were used up


sd = SoftnetData()
softnet_stat = SoftnetStat()


def napi_schedule(n: Napi) -> None:
    """napi_schedule_prep, __napi_schedule."""
    state = n.n_state
    while not cas(n.n_state, state, NAPI_SCHED if state & NAPI_SCHED == 0 else state | NAPI_MISSED):
        state = n.n_state
    if state & NAPI_SCHED == 0:
        kpreempt_disable()  # the list and the soft interrupt are those of one CPU
        napi_enqueue(n)
        kpreempt_enable()


def napi_complete(n: Napi) -> bool:
    """napi_complete_done: nobody's, or mine again if it was asked for."""
    state = n.n_state
    assert state & NAPI_SCHED != 0, "napi_complete outside a poll"
    while not cas(n.n_state, state, 0 if state & NAPI_MISSED == 0 else NAPI_SCHED):
        state = n.n_state
    missed = state & NAPI_MISSED != 0
    if missed:
        napi_enqueue(n)
    return not missed


def napi_enqueue(n: Napi) -> None:
    """____napi_schedule: the last on the list of this CPU; raise the soft interrupt."""
    s = spl_irq_save(IPL_HIGH)
    n.n_next = NULL
    if sd.first is NULL:
        sd.first = n
    else:
        sd.last.n_next = n
    sd.last = n
    spl_irq_restore(s)
    softint_schedule(netrx.softint)


@inline
def napi_dequeue() -> Napi:
    """The first on the list, taken off it; NULL if there is none."""
    s = spl_irq_save(IPL_HIGH)
    n = sd.first
    if n is not NULL:
        sd.first = n.n_next
    spl_irq_restore(s)
    return n


def napi_action(where: int) -> None:
    """net_rx_action: each that is on the list now, once, as far as the budget goes."""
    budget = NETDEV_BUDGET
    clock = STAMP_SOFTIRQ + NCPU + cpu_number()
    stamp(clock)
    last = sd.last
    n = napi_dequeue()
    while n is not NULL:
        budget -= napi_poll(n)
        if n is last:
            break
        if budget <= 0 or elapsed(clock, NETDEV_TIME):
            softnet_stat.time_squeeze += 1
            break
        n = napi_dequeue()
    if sd.first is not NULL:
        softint_schedule(netrx.softint)


def napi_poll(n: Napi) -> int:
    """Poll `n`, which goes back on the list if it used up its weight; how many items that were."""
    work = n.n_func(n.n_arg, n.n_weight)
    assert 0 <= work <= n.n_weight, "a poll took more than its budget"
    if n.n_dev != NODEV:
        mark(MARK_DONE, n.n_dev, 0)
    if work == n.n_weight:
        napi_enqueue(n)
    return work


@invariant()
def napi_listed() -> bool:
    """1, of the first on the list of a CPU."""
    return sd.first is NULL or sd.first.n_state & NAPI_SCHED != 0
