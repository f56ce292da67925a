"""Tasklets: functions that run soon in a soft interrupt, each on one CPU at a time.

A driver declares one with `@tasklet()`, and its handler calls `tasklet_schedule`. The function is called once however
often that was said before it begins, and never on two CPUs at once, which soft interrupts of Linux are: so it needs no
lock against itself. `tasklet_hi_schedule` has it called before all other soft work.

What the builder of a system fills:

    Tasklet.t_lock, t_cv      where threads wait for the end of a run
    tasklets.softint          the soft interrupts whose function is `tasklet_action`: of TASKLET, and of HI
    bh_pools.of[n]            n = vector * NCPU + cpu, where tasklets are requests of a workqueue
"""

from __future__ import annotations

from collections.abc import Callable

from splx.kernel.interface.levels import NBHPOOLS, NODEV
from splx.kernel.interface.lines import Softint
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.sync import KCondvar
from splx.lang.kernel import THREAD, Array, Struct, array, atomic, context, i16, i64, slot, u8

# the vectors
TASKLET_SOFTIRQ = 0
HI_SOFTIRQ = 1


class Tasklet(Struct):
    """tasklet_struct."""

    # set when declared
    t_func: Callable[[int], None]
    t_arg: i64
    t_dev: i16 = NODEV  # whose popped items are done when it returns
    t_lock: Mutex
    t_cv: KCondvar
    # atomic: any CPU
    t_sched: u8 = atomic()  # TASKLET_STATE_SCHED: it is on a list, or about to be
    t_run: u8 = atomic()  # TASKLET_STATE_RUN: its function runs
    t_count: u8 = atomic()  # so often disabled
    t_waiters: u8 = atomic()  # threads that wait for the end of a run
    t_pool: i16 = atomic()  # bh_workqueue: the pool where it waits, or was last, and which of the two; its own doing
    # who has set t_sched; then the CPU of its list, interrupts off
    t_next: Tasklet


class BhPool(Struct):
    """worker_pool with POOL_BH: requests that wait at a CPU, and what its one worker does."""

    b_lock: Mutex
    # guarded by b_lock
    b_head: Tasklet
    b_tail: Tasklet
    b_busy: u8  # the worker is at work, and will look at the list again
    b_current: i64 = atomic()  # the tasklet whose function it calls, if any; others look without the lock
    # set when built
    b_number: u8  # its place


class BhPools(Struct):
    """By vector and CPU."""

    of: Array[BhPool] = array(NBHPOOLS)


class Tasklets(Struct):
    """The soft interrupts, by vector."""

    softint: Array[Softint] = array(2)


tasklets = Tasklets()
bh_pools = BhPools()


@slot
def tasklet_schedule(t: Tasklet) -> None:
    """Have `t` run soon, on this CPU unless it is scheduled already. Any context."""


@slot
def tasklet_hi_schedule(t: Tasklet) -> None:
    """The same, before all other soft work."""


@slot
def tasklet_disable_nosync(t: Tasklet) -> None:
    """`t` does not begin to run until as many `tasklet_enable`. Any context."""


@slot
@context(THREAD)
def tasklet_disable(t: Tasklet) -> None:
    """The same, and it does not run either when this returns. May sleep."""


@slot
def tasklet_enable(t: Tasklet) -> None:
    """Undo one `tasklet_disable`. Any context."""


@slot
@context(THREAD)
def tasklet_kill(t: Tasklet) -> None:
    """Wait until `t` is neither scheduled nor runs. For ever if it is disabled, or is scheduled again and again."""


@slot
def tasklet_action(vector: int) -> None:
    """The soft interrupt of a vector: run what is on the list of this CPU."""
