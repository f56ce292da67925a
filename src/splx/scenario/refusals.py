"""In whose words a kernel refuses: what the kernel of that name says where the same rule is broken, and when it looks.

Ours looks on every call, contended or not, and says so; theirs often looks only if it was built to, or only where a
call has to wait after all. `when` says which. Where nothing looks there at all, ours says it in its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from splx.scenario import legality as ours


@dataclass(frozen=True, slots=True)
class Said:
    """What a kernel says. `when` says what it takes for it to look; it is empty if that is on every call, always."""

    text: str
    when: str = ""


#: Nothing looks there.
NOTHING = Said("", "nothing looks")

#: A design that is nobody's kernel.
OWN = Said("", "on every call")

#: What a message of ours is there.
Words = Mapping[str, Said]

WAITS = "if it has to wait"
IDLE = "if the CPU was idle"


def alike(said: Said, *messages: str) -> dict[str, Said]:
    """That for each of these."""
    return dict.fromkeys(messages, said)


def timed(words: dict[str, Said]) -> dict[str, Said]:
    """And of cv_timedwait, which goes to sleep as cv_wait does."""
    wait = "cv_wait "
    return words | {
        f"cv_timedwait {each.removeprefix(wait)}": said for each, said in words.items() if each.startswith(wait)
    }


def rwlocks(words: dict[str, Said]) -> dict[str, Said]:
    """And of rwlocks, where they look for the same and say the same as mutexes of threads."""
    mutex = "adaptive mutex "
    return words | {
        f"rwlock {each.removeprefix(mutex)}": said for each, said in words.items() if each.startswith(mutex)
    }


# ---- NetBSD

_MEMORY = Said("pool is IPL_NONE, but called from interrupt context", "with DIAGNOSTIC")
_BARRIER = Said("LOCKDEBUG: Mutex error: lockdebug_barrier: spin lock held", "with LOCKDEBUG")
#: sys/kern: MUTEX_ASSERT in kern_mutex.c, cv_enter in kern_condvar.c, mi_switch in kern_synch.c, lockdebug_barrier in
#: subr_lockdebug.c @01298e0d, which assert_sleepable of kern_lock.c 1.157 calls; pool_get in subr_pool.c. Nothing
#: compares the level of a spin mutex with that of its handler, nor looks for spin mutexes when kernel_lock is taken.
NETBSD_5: Words = timed(
    {
        ours.ADAPTIVE_HARD: Said(
            "LOCKDEBUG: Mutex error: mutex_vector_enter: assertion failed: !cpu_intr_p()", "with LOCKDEBUG"
        ),
        ours.WAIT_HARD: Said('kernel diagnostic assertion "!cpu_intr_p()" failed', "with DIAGNOSTIC"),
        ours.WAIT_THREADED: Said('kernel diagnostic assertion "(l->l_pflag & LP_INTR) == 0" failed', "with DIAGNOSTIC"),
        ours.SWITCH_SPIN: Said("mi_switch: ci_mtx_count (-2) != -1 (block with spin-mutex held)", "with DIAGNOSTIC"),
        **alike(_MEMORY, ours.MEMORY_HARD, ours.MEMORY_THREADED),
        **alike(_BARRIER, ours.ADAPTIVE_SPIN, ours.MEMORY_SPIN, ours.RWLOCK_SPIN),
        ours.RWLOCK_HARD: Said(
            "LOCKDEBUG: Reader / writer lock error: rw_vector_enter: assertion failed: !cpu_intr_p()", "with LOCKDEBUG"
        ),
        **alike(NOTHING, ours.SPIN_LOW, ours.BIG_SPIN, ours.BIG_HARD),
    }
)

_SWITCHING = Said("switching with held simple_lock", f"with LOCKDEBUG, {WAITS}")
#: sys/kern of 2004 to 2006: lockmgr and simple_lock_only_held in kern_lock.c, ltsleep and mi_switch in kern_synch.c,
#: pool_get in subr_pool.c. An interrupt has no thread of its own there, but borrows whichever ran: only if none did is
#: there nothing to put to sleep, and that is all that is looked for. That the level of a simple lock is too low nothing
#: knows, here neither: `splx lockdep` does (D0001).
NETBSD_2006: Words = timed(
    {
        **alike(Said("lockmgr: no context", IDLE), ours.SLEEP_2006, ours.LOCKMGR_HARD),
        ours.WAIT_HARD: Said('kernel diagnostic assertion "p != NULL" failed', f"with DIAGNOSTIC, {IDLE}"),
        ours.MEMORY_HARD: Said("pool_get: must have NOWAIT", f"with DIAGNOSTIC, {IDLE}"),
        ours.MEMORY_SIMPLE: Said("pool_get(PR_WAITOK) with held simple_lock", "with LOCKDEBUG"),
        **alike(_SWITCHING, ours.SPIN_2006, ours.SWITCH_SIMPLE, ours.LOCKMGR_SIMPLE),
    }
)

# ---- other BSDs

_WITNESS = Said("acquiring blockable sleep lock with spinlock or critical section held", "with WITNESS")
_SECTION = Said("mi_switch: switch in a critical section", "with INVARIANTS")
_PROHIBITED = Said("sleeping prohibited", "with INVARIANTS")
_HELD = Said("Sleeping with the following non-sleepable locks held", "with WITNESS")
#: sys/kern: witness_checkorder and witness_warn in subr_witness.c, sleepq_add in subr_sleepqueue.c, mi_switch in
#: kern_synch.c, malloc_dbg in kern_malloc.c. A filter runs in a critical section, as does who holds a spin mutex,
#: which shuts out all interrupts.
FREEBSD: Words = rwlocks(
    timed(
        {
            **alike(_WITNESS, ours.ADAPTIVE_HARD, ours.ADAPTIVE_SPIN, ours.ADAPTIVE_UNPREEMPTED),
            **alike(_SECTION, ours.WAIT_HARD, ours.SLEEP_HARD, ours.WAIT_UNPREEMPTED, ours.YIELD_UNPREEMPTED),
            **alike(_PROHIBITED, ours.WAIT_THREADED, ours.SLEEP_THREADED),
            ours.MEMORY_HARD: Said("malloc(M_WAITOK) in interrupt context", "with INVARIANTS"),
            ours.MEMORY_THREADED: Said("malloc(M_WAITOK) with sleeping prohibited", "with INVARIANTS"),
            **alike(
                Said("malloc: called with spinlock or critical section held", "with INVARIANTS"),
                *(ours.MEMORY_SPIN, ours.MEMORY_UNPREEMPTED),
            ),
            **alike(_HELD, ours.WAIT_LOCKED, ours.MEMORY_LOCKED, ours.SWITCH_SPIN),
            ours.GIANT_LATE: Said("lock order reversal: (Giant after non-sleepable)", "with WITNESS"),
            ours.SPIN_LOW: NOTHING,
        }
    )
)

_SWITCH = Said("lwkt_switch: Attempt to switch from a fast interrupt, ipi, or hard code section", WAITS)
_SPINLOCKS = Said("lwkt_switch: still holding 1 exclusive spinlocks!", f"with INVARIANTS, {WAITS}")
#: _lwkt_trytokref in sys/kern/lwkt_token.c, lwkt_switch in lwkt_thread.c, by which every sleep ends; _lockmgr_assert in
#: kern_lock.c. A critical
#: section, and so a spin lock, keeps every interrupt out that uses one: they have no levels.
DRAGONFLY: Words = timed(
    {
        ours.TOKEN_HARD: Said("Attempt to acquire token not already held in hard code section", "with INVARIANTS"),
        **alike(_SWITCH, ours.WAIT_HARD, ours.MEMORY_HARD, ours.SLEEP_HARD),
        ours.LOCKMGR_HARD: Said("lockmgr: called from interrupt, ipi, or hard code section"),
        ours.LOCKMGR_SPIN: Said("lockmgr: called with 1 spinlocks held", "with DEBUG_LOCKS"),
        **alike(_SPINLOCKS, ours.TOKEN_SPIN, ours.SWITCH_SPIN, ours.MEMORY_SPIN),
    }
)

# ---- other kernels

_INVALID = Said("BUG: sleeping function called from invalid context", "with DEBUG_ATOMIC_SLEEP")
_ATOMIC = Said("BUG: scheduling while atomic")
#: might_sleep in kernel/sched/core.c, called by mutex_lock, wait_event and allocations; __schedule_bug. A spin lock
#: that interrupts use shuts out all of them, whatever handler takes it: that it has a level is the interface's.
LINUX: Words = rwlocks(
    timed(
        {
            **alike(
                _INVALID, ours.ADAPTIVE_HARD, ours.ADAPTIVE_SPIN, ours.WAIT_HARD, ours.MEMORY_HARD, ours.MEMORY_SPIN
            ),
            **alike(_INVALID, ours.RT_HARD, ours.RT_SOFT, ours.RT_RAW, ours.WAIT_THREADED, ours.MEMORY_THREADED),
            **alike(_INVALID, ours.ADAPTIVE_UNPREEMPTED, ours.MEMORY_UNPREEMPTED, ours.RT_UNPREEMPTED),
            **alike(_INVALID, ours.RT_SLEEP, ours.RWLOCK_RT, ours.SLEEP_HARD, ours.SLEEP_THREADED),
            **alike(_INVALID, ours.ADAPTIVE_RAISED, ours.WAIT_RAISED, ours.MEMORY_RAISED),
            **alike(_ATOMIC, ours.SWITCH_HARD, ours.SWITCH_SPIN, ours.WAIT_UNPREEMPTED),
            **alike(_ATOMIC, ours.YIELD_UNPREEMPTED, ours.YIELD_RAISED),
            ours.SPIN_LOW: NOTHING,
        }
    )
)

_ON_INTR = Said("assertion failed: CPU_ON_INTR(CPU) == 0", "with DEBUG")
#: illumos usr/src/uts/common/os: mutex_vector_enter in mutex.c, cv_block in condvar.c. Of a spin mutex that is held it
#: is the level that tells, if it is above LOCK_LEVEL: the dispatcher's assertions ask whether the CPU is on an
#: interrupt, not what it holds; rw_enter_sleep in rwlock.c asks
#: nothing. Memory is waited for in cv_wait.
SOLARIS: Words = timed(
    {
        ours.ADAPTIVE_HARD: Said("mutex_enter: adaptive at high PIL", WAITS),
        ours.WAIT_HARD: _ON_INTR,
        ours.MEMORY_HARD: Said(_ON_INTR.text, f"with DEBUG, {WAITS}"),
        **alike(NOTHING, ours.ADAPTIVE_SPIN, ours.SWITCH_SPIN, ours.MEMORY_SPIN, ours.RWLOCK_HARD, ours.RWLOCK_SPIN),
    }
)

_INVOKE = (
    "thread_invoke: preemption_level 1, possible cause: blocking while holding a spinlock, or within interrupt context"
)
_RWLOCK = Said("attempt to take rwlock in non-preemptible or interrupt context", "in a development kernel")
_NOT_PERMITTED = Said("kIOReturnNotPermitted")
_PREEMPTION = Said("Attempt to take mutex with preemption disabled", "in a development kernel")
#: IOCommandGate::commandSleep; lck_mtx_check_preemption in osfmk/arm/locks_arm.c; thread_invoke in
#: osfmk/kern/sched_prim.c, by which every sleep ends; lck_rw_lock_check_preemption in osfmk/kern/lock_rw.c. Nothing
#: looks for an action that waits.
XNU: Words = timed(
    {
        **alike(_NOT_PERMITTED, "commandSleep outside the gate", "commandSleep in primary interrupt context"),
        **alike(_PREEMPTION, ours.ADAPTIVE_HARD, ours.ADAPTIVE_SPIN, ours.ADAPTIVE_UNPREEMPTED),
        **alike(Said(_INVOKE), ours.WAIT_HARD, ours.SWITCH_HARD, ours.SWITCH_SPIN),
        **alike(Said(_INVOKE), ours.WAIT_UNPREEMPTED, ours.YIELD_UNPREEMPTED, "commandSleep with preemption disabled"),
        **alike(Said(_INVOKE, WAITS), ours.MEMORY_HARD, ours.MEMORY_SPIN, ours.MEMORY_UNPREEMPTED),
        **alike(_RWLOCK, ours.RWLOCK_HARD, ours.RWLOCK_SPIN, ours.RWLOCK_UNPREEMPTED),
        **alike(Said(_INVOKE), ours.SLEEP_HARD),
        **alike(NOTHING, ours.WAIT_THREADED, ours.MEMORY_THREADED, ours.SLEEP_THREADED),
    }
)

_IRQL = Said("IRQL_NOT_LESS_OR_EQUAL")
#: The bug check of a wait where none may be; that of an allocation, whose first parameter is 8 then; that of a
#: level that is raised to a lower one. Documentation.
WINDOWS: Words = timed(
    {
        **alike(_IRQL, ours.SLEEP_WINDOWS, ours.SPIN_WINDOWS, ours.TRY_WINDOWS, *ours.RESOURCE_WINDOWS),
        **alike(_IRQL, ours.UNPREEMPTED_WINDOWS, ours.WAIT_HARD, ours.WAIT_UNPREEMPTED, ours.WAIT_RAISED),
        **alike(_IRQL, ours.SWITCH_SPIN, ours.SLEEP_HARD),
        **alike(
            Said("BAD_POOL_CALLER"), ours.MEMORY_HARD, ours.MEMORY_SPIN, ours.MEMORY_UNPREEMPTED, ours.MEMORY_RAISED
        ),
        ours.SPIN_LOW: Said("IRQL_NOT_GREATER_OR_EQUAL", "in a checked build"),
    }
)

#: The documentation forbids kernel calls in an interrupt's handler, and between InterruptLock and InterruptUnlock, and
#: says of none what it does there. Soft interrupts are threads, and may wait: that ours may not is the interface's.
QNX: Words = rwlocks(
    timed(
        alike(
            NOTHING,
            *(ours.ADAPTIVE_HARD, ours.WAIT_HARD, ours.MEMORY_HARD, ours.WAIT_THREADED, ours.MEMORY_THREADED),
            *(ours.ADAPTIVE_SPIN, ours.SWITCH_SPIN, ours.MEMORY_SPIN, ours.SPIN_LOW),
        )
    )
)

#: The kernel has no threads of its own, and so nothing that could sleep in it: there is nothing to look for. A driver
#: is a process, and may wait wherever it is; that ours may not in a handler is the interface's.
SEL4: Words = alike(
    NOTHING,
    *(ours.SLEEP_TEXTBOOK, ours.WAIT_TEXTBOOK, ours.MEMORY_HARD, ours.WAIT_SOFT, ours.MEMORY_THREADED),
    *(ours.SPIN_TEXTBOOK, ours.SWITCH_SPIN, ours.MEMORY_SPIN, ours.SPIN_LOW),
)
