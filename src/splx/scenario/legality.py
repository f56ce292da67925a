"""What may be done where: places, acts, and the words in which kernels refuse.

A design says in `forbidden` what it refuses, and with which words; everything else it allows. It is refused on every
call, contended or not. `words` lead what an assertion of a shared mechanism says by what the kernel of that name says.
"""

from __future__ import annotations

PLACES = {
    "hard": "a handler at IPL_SERIAL, which has no thread",
    "device": "a handler at IPL_NET, in a thread where the design has one",
    "soft": "a soft interrupt at IPL_SOFTNET",
    "spin": "a spin mutex held",
    "mutex": "a mutex of threads held",
}

ACTS = {
    "spin": "a spin mutex",
    "mutex": "a mutex of threads",
    "wait": "cv_wait",
    "memory": "pool_get(PR_WAITOK)",
    "big": "kernel_lock",
}

# ---- what the shared mechanisms say

ADAPTIVE_HARD = "adaptive mutex in a hard interrupt"
ADAPTIVE_SPIN = "adaptive mutex while a spin mutex is held"
WAIT_HARD = "cv_wait in an interrupt without a thread"
WAIT_THREADED = "cv_wait in a softint or interrupt thread"
WAIT_LOCKED = "cv_wait with a mutex held"
MEMORY_HARD = "pool is IPL_NONE but called from interrupt context"
MEMORY_THREADED = "pool is IPL_NONE but called from a softint or interrupt thread"
SWITCH_HARD = "switch in an interrupt without a thread"
SWITCH_SPIN = "blocked while holding a spin mutex"
MEMORY_SPIN = "assert_sleepable: spin mutex held"
MEMORY_LOCKED = "assert_sleepable: mutex held"
GIANT_LATE = "Giant while a mutex is held"
BIG_SPIN = "kernel_lock while a spin mutex is held"

SLEEP_2006, SPIN_2006 = "sleeping lock in an interrupt", "sleeping lock while a simple lock is held"
SWITCH_SIMPLE, MEMORY_SIMPLE = "blocked while holding a simple lock", "assert_sleepable: simple lock held"
SLEEP_TEXTBOOK, SPIN_TEXTBOOK = "sleeping lock in a hard interrupt", "sleeping lock while a spin mutex is held"
WAIT_TEXTBOOK = "cv_wait in a hard interrupt"
SLEEP_WINDOWS = "wait for a mutex in an interrupt or a DPC"
SPIN_WINDOWS = "wait for a mutex at DISPATCH_LEVEL or above"
RESOURCE_WINDOWS = (
    "wait for a resource in an interrupt or a DPC",
    "wait for a resource at DISPATCH_LEVEL or above",
)
TRY_WINDOWS = "wait for a mutex above DISPATCH_LEVEL"
TOKEN_HARD, TOKEN_SPIN = "token in an interrupt without a thread", "token while a spin mutex is held"
RT_HARD = "a lock that sleeps in an interrupt without a thread"
RT_SOFT = "a mutex where a spinlock_t is held or soft interrupts are disabled"
RT_RAW = "a lock that sleeps while a raw one is held"

# ---- rows of the table, in those words

NO_THREAD = {"mutex": ADAPTIVE_HARD, "wait": WAIT_HARD, "memory": MEMORY_HARD}
THREADED = {"wait": WAIT_THREADED, "memory": MEMORY_THREADED}
SPIN_HELD = {"mutex": ADAPTIVE_SPIN, "wait": SWITCH_SPIN, "memory": MEMORY_SPIN}

# ---- kernels' own words

_INVALID = "BUG: sleeping function called from invalid context"
_ATOMIC = "BUG: scheduling while atomic"
#: Linux: might_sleep in kernel/sched/core.c, called by mutex_lock, wait_event and allocations; __schedule_bug.
LINUX_WORDS = {
    **dict.fromkeys((ADAPTIVE_HARD, ADAPTIVE_SPIN, WAIT_HARD, MEMORY_HARD, MEMORY_SPIN), _INVALID),
    **dict.fromkeys((RT_HARD, RT_SOFT, RT_RAW, WAIT_THREADED, MEMORY_THREADED), _INVALID),
    **dict.fromkeys((SWITCH_HARD, SWITCH_SPIN), _ATOMIC),
}

_WITNESS = "acquiring blockable sleep lock with spinlock or critical section held"
_PROHIBITED = "sleeping prohibited"
_HELD = "Sleeping with the following non-sleepable locks held"
#: FreeBSD: witness_checkorder and witness_warn in sys/kern/subr_witness.c; sleepq_add in subr_sleepqueue.c.
FREEBSD_WORDS = {
    **dict.fromkeys((ADAPTIVE_HARD, ADAPTIVE_SPIN), _WITNESS),
    **dict.fromkeys((WAIT_HARD, WAIT_THREADED, MEMORY_HARD, MEMORY_THREADED), _PROHIBITED),
    **dict.fromkeys((WAIT_LOCKED, MEMORY_LOCKED, SWITCH_SPIN, MEMORY_SPIN), _HELD),
    GIANT_LATE: "lock order reversal: (Giant after non-sleepable)",
}

#: illumos: mutex_vector_enter in uts/common/os/mutex.c.
SOLARIS_WORDS = {ADAPTIVE_HARD: "mutex_enter: adaptive at high PIL"}

_INVOKE = (
    "thread_invoke: preemption_level 1, possible cause: blocking while holding a spinlock, or within interrupt context"
)
#: XNU: IOCommandGate::commandSleep; thread_invoke in osfmk/kern/sched_prim.c.
XNU_WORDS = {
    **dict.fromkeys(
        ("commandSleep outside the gate", "commandSleep in primary interrupt context"), "kIOReturnNotPermitted"
    ),
    **dict.fromkeys((WAIT_HARD, SWITCH_HARD, SWITCH_SPIN), _INVOKE),
}

#: Windows: the bug check of a wait where none may be.
WINDOWS_WORDS = dict.fromkeys(
    (SLEEP_WINDOWS, SPIN_WINDOWS, TRY_WINDOWS, *RESOURCE_WINDOWS, WAIT_HARD, SWITCH_SPIN), "IRQL_NOT_LESS_OR_EQUAL"
)
