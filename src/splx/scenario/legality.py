"""What may be done where: places, acts, and the words in which kernels refuse.

A design says in `forbidden` what it refuses, and with which words; everything else it allows. It is refused on every
call, contended or not. What the kernel of that name would say leads what the assertion says: see `refusals`.
"""

from __future__ import annotations

PLACES = {
    "hard": "a handler at IPL_SERIAL, which has no thread",
    "device": "a handler at IPL_NET, in a thread where the design has one",
    "soft": "a soft interrupt at IPL_SOFTNET",
    "spin": "a spin mutex held",
    "mutex": "a mutex of threads held",
    "unpreempted": "a thread with preemption disabled",
    "raised": "a thread that has raised the level to IPL_VM",
}

ACTS = {
    "spin": "a spin mutex",
    "low": "a mutex of IPL_VM",
    "mutex": "a mutex of threads",
    "wait": "cv_wait",
    "memory": "pool_get(PR_WAITOK)",
    "big": "kernel_lock",
}

# ---- what the shared mechanisms say

SPIN_LOW = "spin mutex of a level below its handler's"
ADAPTIVE_HARD = "adaptive mutex in an interrupt that may not sleep"
ADAPTIVE_SPIN = "adaptive mutex while a spin mutex is held"
WAIT_HARD = "cv_wait in an interrupt that may not sleep"
WAIT_THREADED = "cv_wait in a softint or interrupt thread"
WAIT_LOCKED = "cv_wait with a mutex held"
MEMORY_HARD = "pool is IPL_NONE but called from interrupt context"
MEMORY_THREADED = "pool is IPL_NONE but called from a softint or interrupt thread"
SWITCH_HARD = "switch in an interrupt that may not sleep"
SWITCH_SPIN = "blocked while holding a spin mutex"
MEMORY_SPIN = "assert_sleepable: spin mutex held"
MEMORY_LOCKED = "assert_sleepable: mutex held"
GIANT_LATE = "Giant while a mutex is held"
ADAPTIVE_UNPREEMPTED = "adaptive mutex with preemption disabled"
WAIT_UNPREEMPTED = "cv_wait with preemption disabled"
ADAPTIVE_RAISED = "adaptive mutex at a level that keeps interrupts out"
WAIT_RAISED = "cv_wait at a level that keeps interrupts out"
MEMORY_RAISED = "assert_sleepable: at a level that keeps interrupts out"
YIELD_UNPREEMPTED = "yield with preemption disabled"
YIELD_RAISED = "yield at a level that keeps interrupts out"
MEMORY_UNPREEMPTED = "assert_sleepable: preemption disabled"
BIG_SPIN, BIG_HARD = "kernel_lock while a spin mutex is held", "kernel_lock in an interrupt above IPL_VM"

SLEEP_2006, SPIN_2006 = "sleeping lock in an interrupt", "sleeping lock while a simple lock is held"
SWITCH_SIMPLE, MEMORY_SIMPLE = "blocked while holding a simple lock", "assert_sleepable: simple lock held"
SLEEP_TEXTBOOK, SPIN_TEXTBOOK = "sleeping lock in a hard interrupt", "sleeping lock while a spin mutex is held"
WAIT_TEXTBOOK, WAIT_SOFT = "cv_wait in a hard interrupt", "cv_wait in a softint"
SLEEP_WINDOWS = "wait for a mutex in an interrupt or a DPC"
SPIN_WINDOWS = "wait for a mutex at DISPATCH_LEVEL or above"
UNPREEMPTED_WINDOWS = "wait for a mutex with preemption disabled"
RESOURCE_WINDOWS = (
    "wait for a resource in an interrupt or a DPC",
    "wait for a resource at DISPATCH_LEVEL or above",
    "wait for a resource with preemption disabled",
)
TRY_WINDOWS = "wait for a mutex above DISPATCH_LEVEL"
TOKEN_HARD, TOKEN_SPIN = "token in an interrupt without a thread", "token while a spin mutex is held"
RT_HARD = "a lock that sleeps in an interrupt without a thread"
RT_SOFT = "a mutex where a spinlock_t is held or soft interrupts are disabled"
RT_RAW = "a lock that sleeps while a raw one is held"
RT_SLEEP = "sleep where a spinlock_t is held or soft interrupts are disabled"
RT_UNPREEMPTED = "a lock that sleeps with preemption disabled"

RWLOCK_HARD, RWLOCK_SPIN = "rwlock in an interrupt that may not sleep", "rwlock while a spin mutex is held"
RWLOCK_UNPREEMPTED = "rwlock with preemption disabled"
RWLOCK_RT = "rwlock in a hard interrupt"
LOCKMGR_HARD, LOCKMGR_SPIN = "lockmgr in an interrupt", "lockmgr while a spin mutex is held"
LOCKMGR_SIMPLE = "lockmgr while a simple lock is held"
SLEEP_HARD = "assert_sleepable: in an interrupt that may not sleep"
SLEEP_THREADED = "assert_sleepable: in a softint or interrupt thread"

# ---- rows of the table, in those words

NO_THREAD = {"mutex": ADAPTIVE_HARD, "wait": WAIT_HARD, "memory": MEMORY_HARD}
THREADED = {"wait": WAIT_THREADED, "memory": MEMORY_THREADED}
SPIN_HELD = {"mutex": ADAPTIVE_SPIN, "wait": SWITCH_SPIN, "memory": MEMORY_SPIN}
UNPREEMPTED = {"mutex": ADAPTIVE_UNPREEMPTED, "wait": WAIT_UNPREEMPTED, "memory": MEMORY_UNPREEMPTED}
RAISED = {"mutex": ADAPTIVE_RAISED, "wait": WAIT_RAISED, "memory": MEMORY_RAISED}
