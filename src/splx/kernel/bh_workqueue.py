"""BH workqueue: a tasklet as a request, which waits at one CPU, and is run there by its soft interrupt.

What
----
Each CPU has two pools, of which the soft interrupts TASKLET and HI are the workers. Who schedules sets the bit PENDING
(`t_sched`), and leaves if it was set. Else the request goes to the end of the list of this CPU's pool, or, if it is
running elsewhere at that moment, of the pool that runs it; and the soft interrupt is raised unless the worker of the
pool is at work, since that looks again. The worker takes one request after the other, clears PENDING, so that it can be
asked for again, and calls the function; up to BH_WORKER_RESTARTS of them or for BH_WORKER_TIME, and leaves the rest to
the next round.

`tasklet_disable` takes the request off its list: that is forgotten, and so is what is asked for until it is enabled.
`tasklet_enable` therefore asks for it in any case (enable_and_queue_work). Who changes the count has PENDING meanwhile,
with interrupts off, and nobody else can put it on a list. `tasklet_kill` sleeps until it neither waits nor runs
(flush_work).

Why
---
It does what a tasklet does, in the same context. But a tasklet that runs on another CPU, or is disabled, is put back
and tried again, round after round, and by ksoftirqd from then on. Here a request has one place at a time: where it runs
it will be run again, and the other CPU goes on with something else; and what is disabled stands on no list. In exchange
each pool has a lock, which other CPUs take, and a request may run far from where it was made.

The race
--------
The function runs on one CPU and is asked for on another:

    cpu0                                cpu1
    interrupt nic
    tasklet_schedule(rx)
    rx.t_sched := 1
    bh/0.b_head := rx
    bh/0.b_current := rx
    rx.t_sched := 0
    rx
                                        tasklet_schedule(rx)
                                        rx.t_sched := 1
                                        bh/0.b_head := rx   -- where it runs
                                        tasklet_schedule returns
    bh/0.b_current := 0
    bh/0.b_current := rx
    rx.t_sched := 0
    rx

What is asked for while PENDING is set is not asked for again: the run that is to come will see what it is about. So it
has to be clear for all before the function looks:

    without the barrier:
    cpu0                                cpu1
    interrupt nic
    tasklet_schedule(rx)
    rx.t_sched := 1
    rx.t_sched := 0, buffered
    reads box.noted: 0          -- its function
                                        box.noted := 1
                                        tasklet_schedule(rx)
                                        rx.t_sched is 1
                                        tasklet_schedule returns
    rx.t_sched visible          -- and it is on no list

Who disables or enables a request has PENDING for a moment, too, while it is on no list. Another who wants to have it
waits busily until that is over. So interrupts are off meanwhile, and while it is put on a list: a handler that came in
between, on the same CPU, would wait for ever.

Invariants
----------
1. A request that is on a list has PENDING set, says that it is on one, and is not disabled.
2. A function runs on one CPU at a time.
3. While requests wait in a pool its worker is at work, or has been asked for.
4. Who asks before the function looks is seen by it, or by the next run.
5. What is asked for while a request is disabled is done when it is enabled.
6. Who waits for a request to be run goes on when it has been.
7. Who has PENDING of a request that is on no list is not interrupted.

Sources
-------
Linux kernel/workqueue.c (about 6.14): __queue_work, kick_bh_pool, bh_worker, process_one_work, try_to_grab_pending,
__cancel_work_sync, __flush_work, workqueue_softirq_action, which the soft interrupts of tasklets call first. From
memory: that it came with 6.9 (4cb1ef64609f, 2024), disable_work with 6.10, enable_and_queue_work
(include/linux/workqueue.h), and that each call of tasklets is to become the one named here.

Left out
--------
Barriers, which flush_work puts behind a request: who waits is woken when a run ends, and looks again, so that it waits
for as long as the request is disabled. Lists of tasklets beside the pools. Two workqueues for TASKLET and HI: there a
request that is asked for on both may run twice at a time, which its users have to know; here it may not. To kick the
pool of another CPU, which takes queue_work_on. What lets who cancels wait for the worker under PREEMPT_RT.
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
    BH_WORKER_RESTARTS,
    BH_WORKER_TIME,
    IPL_HIGH,
    MARK_DONE,
    NCPU,
    NODEV,
    STAMP_SOFTIRQ,
)
from splx.kernel.interface.locks import mutex_enter, mutex_exit, mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.sync import cv_broadcast, cv_wait
from splx.kernel.interface.tasklet import HI_SOFTIRQ, TASKLET_SOFTIRQ, BhPool, Tasklet, bh_pools, tasklets
from splx.lang.kernel import NULL, account, addr, inline, invariant, spin_while
from splx.machine.intrinsics import cpu_number, elapsed, fetch_add, mark, stamp, swap

__account__ = "intr"

# t_pool, below which it is the number of a pool; 0: it has been nowhere
BH_WAS = 1 << 12  # it waits there, or was there last
BH_LISTED = 3 << 12  # it waits there
BH_NUMBER = BH_WAS - 1


def tasklet_schedule(t: Tasklet) -> None:
    """queue_work(system_bh_wq): unless it waits already, or is disabled."""
    bh_queue(t, TASKLET_SOFTIRQ)


def tasklet_hi_schedule(t: Tasklet) -> None:
    """queue_work(system_bh_highpri_wq)."""
    bh_queue(t, HI_SOFTIRQ)


def bh_queue(t: Tasklet, vector: int) -> None:
    """queue_work_on this CPU; raise the soft interrupt if its pool has nobody at work.

    Interrupts are off from the bit to the list: a handler that wants to have the bit waits for that.
    """
    kpreempt_disable()
    kick = False
    s = spl_irq_save(IPL_HIGH)
    if swap(t.t_sched, 1) == 0:
        if t.t_count == 0:
            kick = bh_insert(t, vector * NCPU + cpu_number())
        else:
            swap(t.t_sched, 0)
    spl_irq_restore(s)
    if kick:
        softint_schedule(tasklets.softint[vector])
    kpreempt_enable()


def bh_insert(t: Tasklet, here: int) -> bool:
    """__queue_work: the last that waits where `t` runs, else in the pool `here`; whether nobody is at work there.

    PENDING is the caller's.
    """
    pool = bh_lock(t, here)
    t.t_pool = pool.b_number | BH_LISTED
    t.t_next = NULL
    if pool.b_head is NULL:
        pool.b_head = t
    else:
        pool.b_tail.t_next = t
    pool.b_tail = t
    idle = pool.b_busy == 0
    mutex_spin_exit(pool.b_lock)
    return idle


def bh_lock(t: Tasklet, here: int) -> BhPool:
    """Lock the pool where `t` was last if it runs there still, else the pool `here`."""
    last = t.t_pool
    if last != 0 and last != here | BH_WAS:
        pool = bh_last(t)
        mutex_spin_enter(pool.b_lock)
        if pool.b_current == addr(t):
            return pool
        mutex_spin_exit(pool.b_lock)
    pool = bh_pools.of[here]
    mutex_spin_enter(pool.b_lock)
    return pool


@inline
def bh_last(t: Tasklet) -> BhPool:
    """get_work_pool: where `t` waits, or was last. It has been somewhere."""
    return bh_pools.of[t.t_pool & BH_NUMBER]


def tasklet_action(vector: int) -> None:
    """bh_worker: what waits at this CPU, up to a limit."""
    pool = bh_pools.of[vector * NCPU + cpu_number()]
    clock = STAMP_SOFTIRQ + NCPU + cpu_number()  # that of poll lists, which are at work at other times
    restarts = BH_WORKER_RESTARTS
    stamp(clock)
    mutex_spin_enter(pool.b_lock)
    pool.b_busy = 1
    while pool.b_head is not NULL and restarts > 0:
        bh_run(pool)
        restarts = 0 if elapsed(clock, BH_WORKER_TIME) else restarts - 1
    pool.b_busy = 0
    more = pool.b_head is not NULL
    mutex_spin_exit(pool.b_lock)
    if more:
        softint_schedule(tasklets.softint[vector])


def bh_run(pool: BhPool) -> None:
    """process_one_work: the first that waits. Called and returns with the lock."""
    t = pool.b_head
    pool.b_head = t.t_next
    pool.b_current = addr(t)
    t.t_pool = pool.b_number | BH_WAS
    was = swap(t.t_sched, 0)
    assert was != 0, "a tasklet runs that nobody scheduled"
    mutex_spin_exit(pool.b_lock)
    t.t_func(t.t_arg)
    if t.t_dev != NODEV:
        mark(MARK_DONE, t.t_dev, 0)
    mutex_spin_enter(pool.b_lock)
    swap(pool.b_current, 0)
    if t.t_waiters != 0:
        mutex_spin_exit(pool.b_lock)
        bh_wake(t)
        mutex_spin_enter(pool.b_lock)


def bh_wake(t: Tasklet) -> None:
    """A run is over: whoever waits looks again."""
    mutex_enter(t.t_lock)
    cv_broadcast(t.t_cv)
    mutex_exit(t.t_lock)


# ---- disabling


def tasklet_disable_nosync(t: Tasklet) -> None:
    """disable_work: once more, and it waits nowhere."""
    s = bh_grab(t)
    fetch_add(t.t_count, 1)
    swap(t.t_sched, 0)
    spl_irq_restore(s)


def tasklet_disable(t: Tasklet) -> None:
    """disable_work_sync: and it does not run either. The end of a run is near: it is waited for busily."""
    tasklet_disable_nosync(t)
    if t.t_pool != 0:
        bh_wait(t, bh_last(t))


@account("spin")
def bh_wait(t: Tasklet, pool: BhPool) -> None:
    """Until `pool` does not run `t`."""
    spin_while(pool.b_current == addr(t))


def tasklet_enable(t: Tasklet) -> None:
    """enable_and_queue_work: once less, and if nobody else has it disabled, ask for it."""
    s = bh_grab(t)
    assert t.t_count != 0, "tasklet_enable of one that is not disabled"
    left = fetch_add(t.t_count, -1) - 1
    swap(t.t_sched, 0)
    spl_irq_restore(s)
    if left == 0:
        bh_queue(t, TASKLET_SOFTIRQ)


def bh_grab(t: Tasklet) -> int:
    """work_grab_pending: have PENDING, and `t` on no list. Returns with interrupts off, and what they were before.

    If it is set and `t` on no list another CPU has it, and is about to put it on one, or to clear it.
    """
    s = spl_irq_save(IPL_HIGH)
    while swap(t.t_sched, 1) != 0 and not (t.t_pool & BH_LISTED == BH_LISTED and bh_steal(t)):
        spl_irq_restore(s)
        bh_grab_wait(t)
        s = spl_irq_save(IPL_HIGH)
    return s


@account("spin")
def bh_grab_wait(t: Tasklet) -> None:
    """Until there is hope."""
    spin_while(t.t_sched != 0 and t.t_pool & BH_LISTED != BH_LISTED)


def bh_steal(t: Tasklet) -> bool:
    """Take `t` off the list of its pool; whether it was there."""
    pool = bh_last(t)
    mutex_spin_enter(pool.b_lock)
    before: Tasklet = NULL
    each = pool.b_head
    while each is not NULL and each is not t:
        before = each
        each = each.t_next
    if each is not NULL:
        bh_unlink(pool, before, t)
        t.t_pool = pool.b_number | BH_WAS
    mutex_spin_exit(pool.b_lock)
    return each is not NULL


def bh_unlink(pool: BhPool, before: Tasklet, t: Tasklet) -> None:
    """Take `t`, which stands behind `before`, off the list."""
    if before is NULL:
        pool.b_head = t.t_next
    else:
        before.t_next = t.t_next
    if pool.b_tail is t:
        pool.b_tail = before


def tasklet_kill(t: Tasklet) -> None:
    """flush_work: wait until it neither waits nor runs."""
    mutex_enter(t.t_lock)
    fetch_add(t.t_waiters, 1)
    while t.t_sched != 0 or bh_runs(t):
        cv_wait(t.t_cv, t.t_lock)
    fetch_add(t.t_waiters, -1)
    mutex_exit(t.t_lock)


@inline
def bh_runs(t: Tasklet) -> bool:
    """Whether the pool where it was last runs it."""
    return t.t_pool != 0 and bh_last(t).b_current == addr(t)


@invariant()
def bh_listed(pool: BhPool) -> bool:
    """1, of the first, while nobody has the lock."""
    t = pool.b_head
    if pool.b_lock.word != 0 or t is NULL:
        return True
    return t.t_pool == pool.b_number | BH_LISTED and t.t_sched != 0 and t.t_count == 0
