"""What the mechanisms of PREEMPT_RT share: who waits for its locks, the lock of each CPU, what keeps a thread there.

What the builder of a system fills:

    Turnstile.ts_rt           of the turnstile of each thread: an RtTask of its own
    rtmutexes.wait_lock       a spin mutex of IPL_SCHED: raw
    bhlocks.lock              per CPU: a Mutex of kind MUTEX_RT and the lowest soft level, where RT_BH_LOCK is 1
    softcpu.lwp               per CPU: ktimers at SOFT_CLOCK, if that level is in use; ksoftirqd at KSOFTIRQD
"""

from __future__ import annotations

from splx.kernel.interface.levels import WQ_POOLS
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import LW_NOMIGRATE, Lwp, RtTask
from splx.kernel.interface.wq import LW_KWORKER, wq_worker_running, wq_worker_sleeping
from splx.lang.kernel import PerCpu, Struct, at, ghost, i16, inline

RT_FLAGS = 7  # of the word of an rt_mutex


class RtMutexes(Struct):
    """rt_mutex_base::wait_lock and ::waiters, of all locks together."""

    wait_lock: Mutex
    # guarded by wait_lock
    first: RtTask
    walks: i16 = ghost()  # priorities on their way along a chain


class BhLocks(PerCpu):
    """softirq_ctrl::lock."""

    lock: Mutex


rtmutexes = RtMutexes()
bhlocks = BhLocks()


@inline
def rt_of(l: Lwp) -> RtTask:
    """What `l` has beside the rest."""
    return l.l_ts.ts_rt


@inline
def rt_mutex_owner(m: Mutex) -> Lwp:
    """Who has `m`, or NULL."""
    return at(Lwp, m.word & ~RT_FLAGS)


@inline
def migrate_disable(l: Lwp) -> None:
    """The running thread `l` stays on its CPU, even if it sleeps, until as many `migrate_enable`."""
    rt = rt_of(l)
    rt.rt_nomigrate += 1
    if rt.rt_nomigrate == 1:
        l.l_flag |= LW_NOMIGRATE


@inline
def migrate_enable(l: Lwp) -> None:
    """Undo one `migrate_disable`."""
    rt = rt_of(l)
    rt.rt_nomigrate -= 1
    if rt.rt_nomigrate == 0:
        l.l_flag &= ~LW_NOMIGRATE


@inline
def rt_mutex_pre_schedule(l: Lwp) -> bool:
    """`l`, the running thread, is about to sleep for a lock: if it is a worker in the middle of a function its pool is
    told. Not by `mi_switch`: to wake another worker takes the lock by which this one sleeps. Whether that was so.
    """
    told = WQ_POOLS != 0 and l.l_flag & LW_KWORKER != 0
    if told:
        l.l_flag &= ~LW_KWORKER
        wq_worker_sleeping(l)
    return told


@inline
def rt_mutex_post_schedule(l: Lwp) -> None:
    """It is back, whose pool was told."""
    wq_worker_running()
    l.l_flag |= LW_KWORKER
