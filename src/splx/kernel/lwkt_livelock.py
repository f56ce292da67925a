"""Livelock control: a line that interrupts too often has its thread woken by the clock alone, until it has calmed down.

What
----
The thread of a line counts its rounds. Of more than LIVELOCK_LIMIT in a LIVELOCK_SECOND it says that its line is
livelocked. From then on it sleeps for a tick behind each round, and does not run again before the clock has woken it,
whatever its line does meanwhile: an interrupt that comes notes that the thread is needed, and no more. A waking that
finds nothing to do is no round. Of each LIVELOCK_WAKES wakings the rounds are counted, too: once they are fewer than
LIVELOCK_LOWATER the line is back to normal.

Why
---
A thread that preempts whatever runs and opens its line when it has done is started again as soon as the line asserts:
a card that interrupts faster than its thread can run leaves nobody else any time, and so does one that nobody can
quiet. What the rate is measured by differs for coming and for going (hysteresis), so that a line at the limit does not
go to and fro; and of a line whose thread sleeps the rate is not known, only whether it has asserted again.

The race
--------
The thread opens its line before it sleeps, so the line interrupts once more, and is masked. The thread is active, so
nobody starts it, and what it had preempted goes on. With a limit of one:

    cpu0
    busy
    interrupt card
    card_intr
    interrupt card              -- as soon as its line is open
    card_intr
    livelock.state[0] := 1      -- the second round in a second
    lwkt_preempt returns        -- asleep for a tick
    interrupt card
    sched_ithd_hard returns     -- it is needed, and not started
    interrupt clock
    softint_schedule(softclock)
    setrunnable(irq/card)
    card_intr                   -- one round a tick

Invariants
----------
1. A line that is not livelocked has had no more than LIVELOCK_LIMIT rounds since its count began.
2. The rounds of a livelocked line are no more than the wakings they are counted of.

Sources
-------
DragonFly sys/kern/kern_intr.c (ithread_handler: LIVELOCK STATE MACHINE; ithread_livelock_wakeup). kern.livelock_limit
was 50,000 a second, and 40,000 later; kern.livelock_lowater is 20,000.

Left out
--------
A timer of its own, which wakes the thread LIVELOCK_LIMIT times a second there, at least 100 and at most 500,000 times:
here it is the tick, so that what is compared with `lowater` is the share of wakings, 20,000 of 50,000. The higher
limit of a line that is not shared (livelock_limit_hi).
"""

from __future__ import annotations

from splx.kernel.interface.callout import IntrStorm, storms, timeout_sleep
from splx.kernel.interface.levels import (
    LIVELOCK_LIMIT,
    LIVELOCK_LOWATER,
    LIVELOCK_SECOND,
    LIVELOCK_WAKES,
    NCPU,
    NIRQ,
    STAMP_SOFTIRQ,
)
from splx.kernel.interface.lines import IntrSource
from splx.kernel.interface.lwp import LW_NOSLEEP, ci
from splx.lang.kernel import NULL, Array, Struct, array, i16, i64, inline, invariant, stat, u8
from splx.machine.intrinsics import elapsed, intr_disable, intr_enable, stamp

__account__ = "intr"

ISTATE_NORMAL = 0
ISTATE_LIVELOCKED = 1


class LivelockTable(Struct):
    """intr_info.i_state, by irq. Its thread's alone; `ie_count` of the line's `IntrStorm` are its rounds."""

    state: Array[u8] = array(NIRQ)
    wakes: Array[i16] = array(NIRQ)  # while it is livelocked


class LivelockEvents(Struct):
    """What is written in the log."""

    engaged: i64 = stat()  # "livelocked limit engaged!"
    removed: i64 = stat()  # "livelock removed"


livelock = LivelockTable()
livelock_ev = LivelockEvents()


def ithread_settle(s: IntrSource) -> None:
    """A round is over: count it, and while the line is livelocked wait for a tick that finds the thread needed."""
    irq = s.is_irq
    storm = storms.line[irq]
    if livelock.state[irq] == ISTATE_NORMAL:
        livelock_count(irq, storm)
    else:
        storm.ie_count += 1
    if livelock.state[irq] != ISTATE_NORMAL:
        intr_enable()
        livelock_wait(s, storm)
        intr_disable()


@inline
def livelock_count(irq: int, storm: IntrStorm) -> None:
    """ISTATE_NORMAL: the count begins anew each second, and is over the limit or not."""
    rounds = storm.ie_count + 1
    if elapsed(STAMP_SOFTIRQ + 2 * NCPU + irq, LIVELOCK_SECOND):
        stamp(STAMP_SOFTIRQ + 2 * NCPU + irq)
        rounds = 0
    if rounds > LIVELOCK_LIMIT:
        livelock_ev.engaged += 1
        livelock.state[irq] = ISTATE_LIVELOCKED
        rounds = 0
    storm.ie_count = rounds


def livelock_wait(s: IntrSource, storm: IntrStorm) -> None:
    """ISTATE_LIVELOCKED: sleep until a tick finds the thread needed, or the line is back to normal."""
    irq = s.is_irq
    l = ci.curlwp
    l.l_flag &= ~LW_NOSLEEP
    waits = True
    while waits:
        if livelock.wakes[irq] == LIVELOCK_WAKES:
            livelock_look(irq, storm)
        if livelock.state[irq] == ISTATE_NORMAL:
            waits = False
        else:
            timeout_sleep(storm.ie_pause, 1)
            livelock.wakes[irq] += 1
            waits = s.is_need == 0
    l.l_flag |= LW_NOSLEEP


@inline
def livelock_look(irq: int, storm: IntrStorm) -> None:
    """Once in so many wakings: whether few enough of them found something to do."""
    livelock.wakes[irq] = 0
    if storm.ie_count < LIVELOCK_LOWATER:
        livelock_ev.removed += 1
        livelock.state[irq] = ISTATE_NORMAL
        stamp(STAMP_SOFTIRQ + 2 * NCPU + irq)
    storm.ie_count = 0


@invariant()
def livelock_always(s: IntrSource) -> bool:
    """1, 2."""
    if s.is_irq < 0 or s.is_lwp is NULL:
        return True
    rounds = storms.line[s.is_irq].ie_count
    if livelock.state[s.is_irq] == ISTATE_NORMAL:
        return rounds <= LIVELOCK_LIMIT
    return rounds <= livelock.wakes[s.is_irq]
