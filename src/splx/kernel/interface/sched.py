"""Slots of the thread side: switching, waking, priorities, sleep queues, turnstiles."""

from __future__ import annotations

from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import Lwp, Sleepq, Turnstile
from splx.lang.kernel import slot

# ---- switching


@slot
def mi_switch() -> None:
    """Give the CPU to the best thread. mtx_count is -1: the lock of the running thread's queue, which the switch releases.

    An interrupt thread with a victim (`l_switchto`) goes back to it: l_switchto := NULL, `ci.prevlwp` := the interrupt thread,
    `set_curlwp(victim)`, l_ctx := its own context, switch to `detach()`: the frame beneath goes on and calls
    `switch_finish`. `ci.onproc` never changed.
    """


@slot
def switch_finish() -> None:
    """On the far side of every switch (mi_switch itself, a new thread, the frame under a blocked interrupt thread):

    undo the adjustment of mtx_count, let go of `ci.prevlwp`. Leaves the level alone.
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
def sched_changepri(l: Lwp, inherited: int) -> None:
    """Set what is lent to `l`, and move it in its queue."""


# ---- sleep queues


@slot
def sleepq_enter(q: Sleepq, l: Lwp, wchan: int, lock: Mutex) -> None:
    """Put the running thread to sleep on `q`, guarded by `lock`, which is held. Follow with `mi_switch`."""


@slot
def sleepq_remove(q: Sleepq, l: Lwp) -> None:
    """Take `l` off `q` and make it runnable. The lock of `q` is held."""


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
