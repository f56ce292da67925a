"""Slots of the thread side: switching, waking, priorities, sleep queues, turnstiles; and the tables behind them.

What the builder of a system fills:

    sched.cpu[c]              the RunQueue of CPU c, with spin mutexes of IPL_SCHED of its own. Under
                              textbook_sched all have one rq_lock; one RunQueue for all CPUs is global scheduling.
    rq_boot                   the threads that start on that CPU, a list by l_next. Idle threads are not on it: they
                              start as the CPU's current context, in `idle_loop`; the others suspended in `lwp_startup`.
    turnstiles.chain[i]       a TsChain each, with a spin mutex of IPL_SCHED of its own
    sleepqs.bucket[i]           a SleepHash each, likewise. Under textbook_sched sh_lock is the one rq_lock.
    Lwp.l_mutex               rq_lwplock of its CPU's RunQueue. Under textbook_sched the one rq_lock.
    Lwp.l_ctx                 l_main. l_switched = 1, but for idle and interrupt threads.
    Lwp.l_ts                  a Turnstile of its own, in designs with turnstiles
"""

from __future__ import annotations

from splx.kernel.interface.levels import FIFO_PRI, NCPU, PRI_COUNT, RQ_COUNT, SLEEP_HASHES, TS_CHAINS
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import LW_SYSTEM, Lwp, Sleepq, Turnstile
from splx.lang.kernel import NULL, Array, Struct, addr, array, atomic, embedded, i64, inline, slot
from splx.machine.intrinsics import choose


class RunQueue(Struct):
    """schedstate_percpu: threads that are ready to run on a CPU."""

    # set when declared
    rq_lock: Mutex  # spc_mutex: guards this, and the threads on it
    rq_lwplock: Mutex  # spc_lwplock: guards the thread that runs
    # written under rq_lock. Its CPU looks at it before it halts, without: who enqueues interrupts it afterwards
    rq_bitmap: i64 = atomic()  # lists that are not empty
    # guarded by rq_lock
    rq_queue: Array[Sleepq] = embedded(array(RQ_COUNT))
    # its CPU, before anything else runs
    rq_boot: Lwp


class TsChain(Struct):
    """Turnstiles of all locks whose address falls here."""

    tc_lock: Mutex
    # guarded by tc_lock
    tc_head: Turnstile


class SleepHash(Struct):
    """Guards the sleep queues of all objects whose address falls here. Those without a queue of their own share one."""

    sh_lock: Mutex
    # guarded by sh_lock
    sh_queue: Sleepq = embedded()


class SchedTable(Struct):
    """Run queues by CPU."""

    cpu: Array[RunQueue] = array(NCPU)


class TsTable(Struct):
    """Turnstile chains."""

    chain: Array[TsChain] = array(TS_CHAINS)


class SleepTable(Struct):
    """Sleep queue locks."""

    bucket: Array[SleepHash] = array(SLEEP_HASHES)


sched = SchedTable()
turnstiles = TsTable()
sleepqs = SleepTable()


@inline
def sleep_hash(wchan: int) -> SleepHash:
    """Where threads that sleep on the object at address `wchan` are guarded."""
    return sleepqs.bucket[(wchan >> 3) & (SLEEP_HASHES - 1)]


@inline
def ts_chain(m: Mutex) -> TsChain:
    """The chain of the turnstile of `m`."""
    return turnstiles.chain[(addr(m) >> 3) & (TS_CHAINS - 1)]


# ---- threads


@slot
def lwp_lock(l: Lwp) -> None:
    """Take the lock that guards `l` now. A spin mutex of IPL_SCHED."""


@slot
def lwp_unlock(l: Lwp) -> None:
    """Release the lock that guards `l`."""


@slot
def lwp_trylock(l: Lwp) -> bool:
    """Take the lock that guards `l` if it is free and stays the one."""


@slot
def lwp_startup(l: Lwp) -> None:
    """Entry of a new thread: finishes the switch that brought it here, and runs its function at IPL_NONE."""


@slot
def idle_loop(l: Lwp) -> None:
    """Entry of an idle thread, with which its CPU starts: boots `rq_boot`, then runs what is ready, or halts."""


# ---- switching


@slot
def mi_switch() -> None:
    """Give the CPU to the best thread. mtx_count is -1: the lock of the running thread's queue, which the switch frees.

    An interrupt thread with a victim (`l_switchto`) goes back to it: l_switchto := NULL, `ci.prevlwp` := the interrupt
    thread, `set_curlwp(victim)`, l_ctx := its own context, switch to `detach()`: the frame beneath goes on and calls
    `switch_finish`. `ci.onproc` never changed.
    """


@slot
def switch_finish() -> None:
    """On the far side of every switch (mi_switch itself, a new thread, the frame under a blocked interrupt thread):

    undo the adjustment of mtx_count, let go of `ci.prevlwp`. Leaves the level alone.
    """


@slot
def switch_left(l: Lwp) -> bool:
    """In the frame beneath the interrupt thread `l`, interrupts off: whether it has blocked, and not ended.

    Then `switch_finish` is due. It may have been woken since, on another CPU.
    """


@slot
def switch_away() -> None:
    """Give the CPU up for good, freeing this context: an ended thread, an interrupt thread that had blocked.

    The caller is at IPL_SCHED or above and has set its `l_stat`.
    """


@slot
def preempt_switch() -> None:
    """The running thread stays runnable and gives way to better ones; clears its `l_dopreempt` and `ci.want_resched`.

    Level IPL_SCHED on entry, which it keeps.
    """


@slot
def lwp_eprio(l: Lwp) -> int:
    """The priority that counts: its own, its kernel band, or what was lent to it."""


@inline
def lwp_fifo(l: Lwp) -> bool:
    """Whether `l` has no time slices: it gives way to better threads alone."""
    return FIFO_PRI < PRI_COUNT and l.l_flag & LW_SYSTEM != 0 and lwp_eprio(l) >= FIFO_PRI


@slot
def lwp_onproc(l: Lwp) -> bool:
    """Whether `l` runs right now, so that waiting for it by spinning may end."""


@slot
def sched_better(l: Lwp) -> bool:
    """Whether the run queue of this CPU holds a thread that should run in place of `l`."""


@slot
def setrunnable(l: Lwp) -> None:
    """Put the sleeping `l` on a run queue and have that CPU look. The lock of its sleep queue is held."""


@slot
def sched_enqueue(rq: RunQueue, l: Lwp, floor: int) -> None:
    """Put `l` on `rq`, before the first thread whose priority is below `floor`. `rq_lock` is held."""


@slot
def sched_dequeue(rq: RunQueue, l: Lwp) -> None:
    """Take `l`, whose priority is what it was when it was put there, off `rq`. `rq_lock` is held."""


@slot
def sched_boot(rq: RunQueue) -> None:
    """Put what starts on this CPU on its run queue."""


@inline
def boot_any(first: Lwp) -> Lwp:
    """The list `rq_boot` from `first` on, one that is as good as `first` in front: which one is a choice."""
    prio = lwp_eprio(first)
    equals = 0
    each = first
    while each is not NULL:
        if lwp_eprio(each) == prio:
            equals += 1
        each = each.l_next
    chosen = first
    if equals > 1:
        left = choose(equals)
        before = first
        while left > 0:
            before = chosen
            chosen = chosen.l_next
            if lwp_eprio(chosen) == prio:
                left -= 1
        if chosen is not first:
            before.l_next = chosen.l_next
            chosen.l_next = first
    return chosen


@slot
def sched_best(rq: RunQueue) -> Lwp:
    """The first of the best threads on `rq`, which stays there; NULL if it is empty. `rq_lock` is held."""


@slot
def sched_request(l: Lwp, cpu: int) -> None:
    """Have `cpu` look at its run queue if `l`, which is on it, should run there now. `rq_lock` is held."""


@slot
def sched_changepri(l: Lwp, inherited: int) -> None:
    """Set what is lent to `l`, and move it in its queue."""


@slot
def sched_userret(l: Lwp) -> None:
    """The running thread `l` is about to return to user mode: it is in the kernel band no more. Level IPL_NONE."""


# ---- sleep queues


@slot
def sleepq_enter(q: Sleepq, l: Lwp, wchan: int, lock: Mutex) -> None:
    """Put the running thread to sleep on `q`, guarded by `lock`, which is held. Follow with `mi_switch`."""


@slot
def sleepq_remove(q: Sleepq, l: Lwp) -> None:
    """Take `l` off `q` and make it runnable. The lock of `q` is held."""


@slot
def sleepq_ordered(l: Lwp, after: Lwp) -> bool:
    """Whether `after` may come next to `l` on a queue of sleepers. For invariants only."""


@slot
def sleepq_insert(q: Sleepq, l: Lwp, floor: int) -> None:
    """Put `l` before the first thread of `q` whose priority is below `floor`. The lock of `q` is held.

    Floor `lwp_eprio(l)`: behind its equals; one more: before them; PRI_IDLE: last of all.
    """


@slot
def sleepq_unlink(q: Sleepq, l: Lwp) -> None:
    """Take `l` off `q`, which it is on. The lock of `q` is held."""


@slot
def sleepq_first(q: Sleepq, wchan: int) -> Lwp:
    """The first thread on `q` that sleeps on `wchan`, or NULL. The lock of `q` is held."""


@slot
def lwp_park() -> None:
    """Sleep until `lwp_unpark`; not at all if that has happened since. Threads only."""


@slot
def lwp_unpark(l: Lwp) -> None:
    """Let `l` return from `lwp_park` once. Any context up to IPL_SCHED; unparks are counted, not merged."""


# ---- turnstiles


@slot
def turnstile_lookup(m: Mutex) -> Turnstile:
    """Lock the chain of `m` and find its turnstile; NULL if nobody waits."""


@slot
def turnstile_exit(m: Mutex) -> None:
    """Unlock the chain of `m`."""


@slot
def turnstile_block(ts: Turnstile, queue: int, m: Mutex) -> None:
    """Sleep on `m`; the chain is locked and is unlocked by the switch. Lends, and drops the big lock meanwhile."""


@slot
def turnstile_wakeup(ts: Turnstile, queue: int, count: int) -> None:
    """Wake `count` waiters, best first; the chain is locked and is unlocked."""


@slot
def turnstile_handoff(ts: Turnstile, queue: int) -> None:
    """Wake the best waiter, who is the owner or to be, and have the others lend to it; the chain is locked and is
    unlocked.
    """


@slot
def turnstile_claim(ts: Turnstile, queue: int) -> None:
    """The running thread has taken the lock that `ts` waits for: have those who still wait lend to it; the chain is
    locked.
    """
