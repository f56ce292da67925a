"""Tasklets: a list for each CPU, and two bits that say of each that it is on one, and that it runs.

What
----
Who schedules a tasklet sets SCHED (`t_sched`); whoever finds it set leaves, since the run that is to come will see what
it wanted to say. The others put the tasklet on the list of their CPU and raise the soft interrupt. That takes the
whole list, and of each in turn tries to set RUN (`t_run`), which is a lock that nobody waits for: if another CPU has it
the tasklet goes back on the list, and the soft interrupt is raised again. With RUN it clears SCHED, so that it can be
scheduled again from then on, calls the function, and clears RUN.

A tasklet that is disabled goes back on the list as well. `tasklet_disable` and `tasklet_kill` sleep until a run is
over; `tasklet_kill` keeps SCHED meanwhile, so that nobody else can schedule.

Why
---
A soft interrupt of Linux runs on all CPUs at once, and its data need a lock. Most drivers want one thing done soon, and
not twice at a time: here the price is a locked operation at either end, and no waiting. The lists of HI are run before
all other soft work, those of TASKLET after it.

Trying again is what makes it cheap, and what it costs: a CPU that finds a long tasklet running elsewhere, or one that
is disabled, goes round with its soft interrupt until the limit of rounds sends it to ksoftirqd, and there, too, it goes
on.

The race
--------
The function runs on one CPU and is asked for on another. SCHED is clear by then, so the other has it on its list:

    cpu0                                cpu1
    interrupt nic
    tasklet_schedule(rx)
    rx.t_sched := 1
    rx.t_run := 1
    rx.t_sched := 0
    rx
                                        tasklet_schedule(rx)
                                        rx.t_sched := 1
                                        rx.t_run is 1
                                        tasklet_put(rx, 0)
    rx.t_run := 0
                                        rx.t_run := 1
                                        rx.t_sched := 0
                                        rx

And a thread that waits for the end of a run says so before it looks, as the run ends before it is looked for those who
wait; each by a locked operation, so that one of the two sees the other.

Invariants
----------
1. A tasklet that is on a list is scheduled.
2. A function runs for whoever has set RUN, and for nobody else.
3. Who waits for the end of a run is woken by it.

Sources
-------
Linux kernel/softirq.c (6.x): __tasklet_schedule_common, tasklet_action_common, tasklet_kill, tasklet_unlock_wait;
include/linux/interrupt.h: tasklet_trylock, tasklet_disable.

Left out
--------
tasklet_unlock_spin_wait, for those who may not sleep. The lists of a CPU that is unplugged.
"""

from __future__ import annotations

from splx.kernel.interface.axes import (
    kpreempt_disable,
    kpreempt_enable,
    softint_schedule,
    spl_irq_restore,
    spl_irq_save,
)
from splx.kernel.interface.levels import IPL_HIGH, MARK_DONE, NODEV
from splx.kernel.interface.locks import mutex_enter, mutex_exit
from splx.kernel.interface.sync import cv_broadcast, cv_wait
from splx.kernel.interface.tasklet import HI_SOFTIRQ, TASKLET_SOFTIRQ, Tasklet, tasklets
from splx.lang.kernel import NULL, Array, PerCpu, array, inline, invariant
from splx.machine.intrinsics import fetch_add, mark, swap

__account__ = "intr"


class TaskletHead(PerCpu):
    """tasklet_vec, tasklet_hi_vec. Used by its CPU alone, interrupts off."""

    head: Array[Tasklet] = array(2)
    tail: Array[Tasklet] = array(2)


tasklet_vec = TaskletHead()


def tasklet_schedule(t: Tasklet) -> None:
    """Unless it is scheduled already."""
    if swap(t.t_sched, 1) == 0:
        tasklet_put(t, TASKLET_SOFTIRQ)


def tasklet_hi_schedule(t: Tasklet) -> None:
    """Unless it is scheduled already, be it on the other list."""
    if swap(t.t_sched, 1) == 0:
        tasklet_put(t, HI_SOFTIRQ)


def tasklet_put(t: Tasklet, vector: int) -> None:
    """__tasklet_schedule_common: the last on the list of this CPU; raise the soft interrupt."""
    kpreempt_disable()  # the list and the soft interrupt are those of one CPU
    s = spl_irq_save(IPL_HIGH)
    t.t_next = NULL
    if tasklet_vec.head[vector] is NULL:
        tasklet_vec.head[vector] = t
    else:
        tasklet_vec.tail[vector].t_next = t
    tasklet_vec.tail[vector] = t
    spl_irq_restore(s)
    softint_schedule(tasklets.softint[vector])
    kpreempt_enable()


@inline
def tasklet_take(vector: int) -> Tasklet:
    """All that is on the list of this CPU."""
    s = spl_irq_save(IPL_HIGH)
    t = tasklet_vec.head[vector]
    tasklet_vec.head[vector] = NULL
    tasklet_vec.tail[vector] = NULL
    spl_irq_restore(s)
    return t


def tasklet_action(vector: int) -> None:
    """tasklet_action_common: each that is on the list now, once; those that cannot run go back on it."""
    t = tasklet_take(vector)
    while t is not NULL:
        after = t.t_next
        if not tasklet_run(t):
            tasklet_put(t, vector)
        t = after


def tasklet_run(t: Tasklet) -> bool:
    """Run `t` if no other CPU does and it is not disabled; whether it ran."""
    if swap(t.t_run, 1) != 0:
        return False
    enabled = t.t_count == 0
    if enabled:
        was = swap(t.t_sched, 0)
        assert was != 0, "a tasklet runs that nobody scheduled"
        t.t_func(t.t_arg)
        if t.t_dev != NODEV:
            mark(MARK_DONE, t.t_dev, 0)
    tasklet_unlock(t)
    return enabled


def tasklet_unlock(t: Tasklet) -> None:
    """The run is over: wake who waits for that."""
    was = swap(t.t_run, 0)
    assert was != 0, "a tasklet is unlocked that does not run"
    if t.t_waiters != 0:
        mutex_enter(t.t_lock)
        cv_broadcast(t.t_cv)
        mutex_exit(t.t_lock)


@inline
def tasklet_disable_nosync(t: Tasklet) -> None:
    """Once more."""
    fetch_add(t.t_count, 1)


@inline
def tasklet_enable(t: Tasklet) -> None:
    """Once less. If it is scheduled it is on a list still."""
    assert t.t_count != 0, "tasklet_enable of one that is not disabled"
    fetch_add(t.t_count, -1)


def tasklet_disable(t: Tasklet) -> None:
    """Once more, and tasklet_unlock_wait."""
    tasklet_disable_nosync(t)
    mutex_enter(t.t_lock)
    fetch_add(t.t_waiters, 1)
    while t.t_run != 0:
        cv_wait(t.t_cv, t.t_lock)
    fetch_add(t.t_waiters, -1)
    mutex_exit(t.t_lock)


def tasklet_kill(t: Tasklet) -> None:
    """Be who has scheduled it, when it has run; then wait for the end of that."""
    mutex_enter(t.t_lock)
    fetch_add(t.t_waiters, 1)
    while swap(t.t_sched, 1) != 0:
        cv_wait(t.t_cv, t.t_lock)
    while t.t_run != 0:
        cv_wait(t.t_cv, t.t_lock)
    swap(t.t_sched, 0)
    fetch_add(t.t_waiters, -1)
    mutex_exit(t.t_lock)


@invariant()
def tasklet_listed() -> bool:
    """1, of the first of either list of a CPU."""
    t = tasklet_vec.head[TASKLET_SOFTIRQ]
    hi = tasklet_vec.head[HI_SOFTIRQ]
    return (t is NULL or t.t_sched != 0) and (hi is NULL or hi.t_sched != 0)
