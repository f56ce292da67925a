"""Threads, and what a CPU knows of itself.

A thread is a chain of contexts: its main one, and above it whatever interrupted it. While it does not run,
`l_ctx` is the topmost, the one to switch to. An interrupt thread that runs in situ sits on its victim's chain
until it ends or blocks.
"""

from __future__ import annotations

from collections.abc import Callable

from splx.kernel.interface.levels import IPL_HIGH, LEVELS, PRI_IDLE, PRI_KERNEL
from splx.kernel.interface.locks import Mutex
from splx.lang.kernel import (
    Array,
    PerCpu,
    Struct,
    array,
    atomic,
    embedded,
    ghost,
    i8,
    i16,
    i64,
    inline,
    on_cpu,
    stat,
    u8,
)
from splx.machine.intrinsics import cpu_number, swap

# l_stat
LSIDL = 1  # not started; an interrupt thread between two runs
LSRUN = 2  # on a run queue
LSSLEEP = 3  # on a sleep queue or turnstile
LSONPROC = 4  # running, or pinned under an interrupt thread
LSZOMB = 5  # ended

# l_syncobj
SOBJ_SCHED = 0  # nothing, or a sleep queue without an owner
SOBJ_TURNSTILE = 1  # l_wchan is a Mutex, whose owner may be lent to
SOBJ_SHARED = 2  # l_wchan is a Mutex that the thread wants to share

# l_flag
LW_INTR = 1  # a softint or interrupt thread that runs pinned on its victim, and is not preempted
LW_BOUND = 2  # never migrates
LW_IDLE = 4
LW_NOSLEEP = 8  # may block on a lock, may not sleep
LW_SYSTEM = 16  # serves interrupts, pinned or not: waits until it is asked for
LW_NOMIGRATE = 32  # PREEMPT_RT: does not migrate for now; its own doing (`RtTask.rt_nomigrate`)


class Sleepq(Struct):
    """Threads asleep on one object, best priority first, first come first among equals."""

    # guarded by the lock of the object: a turnstile chain, or the interlock of the sleep queues
    sq_head: Lwp


class Turnstile(Struct):
    """What an adaptive lock borrows from its first waiter: two queues and the priority it lends."""

    # guarded by the lock of the chain
    ts_chain: Turnstile  # next in the chain
    ts_free: Turnstile  # turnstiles of later waiters
    ts_obj: i64  # address of the lock
    ts_waiters: Array[i16] = array(2)
    ts_queue: Array[Sleepq] = embedded(array(2))  # readers, writers
    # guarded by the inheritor's lock
    ts_inheritor: Lwp
    ts_eprio: i16
    ts_pichain: Turnstile  # next on the inheritor's list of lenders
    # set when declared: here, and not in the thread, whose words would lie elsewhere for it under every kernel
    ts_rt: RtTask  # PREEMPT_RT: what its thread has beside the rest


class RtTask(Struct):
    """PREEMPT_RT: what a thread has beside the rest; and rt_mutex_waiter, its place among those who wait for a lock."""

    # set when declared
    rt_lwp: Lwp
    # the thread itself
    rt_nomigrate: i16  # holds of `migrate_disable`
    rt_bh: u8  # it is in a section without soft interrupts
    rt_locks: i16 = ghost()  # its `l_locks` when it called the soft interrupt that it runs
    rt_nopreempt: i16 = ghost()  # and its `l_nopreempt`
    # guarded by rtmutexes.wait_lock
    rt_next: RtTask  # next of those who wait, falling by rt_prio
    rt_lock: Mutex  # what it waits for; NULL: nothing
    rt_prio: i16  # its priority when it was put here


class Lwp(Struct):
    """A thread of the kernel."""

    # set when declared
    l_main: i64  # its main context
    l_preempt: i64  # the context in which it gives way when preempted
    l_func: Callable[[int], None]
    l_arg: i64
    l_id: i16  # number for marks and statistics
    l_flag: u8  # scheduled interrupt threads change their own LW_NOSLEEP
    # the thread itself, or the CPU that switches it
    l_ctx: i64  # topmost context while it does not run
    l_switchto: Lwp  # the thread pinned under it; NULL: it has none
    l_nopreempt: i16  # holds of kpreempt_disable
    l_user: u8  # 1: in user mode, where it may be preempted without kernel preemption (`user_enter`)
    l_blcnt: i16  # its holds of the big lock
    l_locks: i16 = ghost()  # sleeping locks it holds
    l_splfloor: u8 = ghost()  # the level of the handler or softint that runs on it: no `splx` goes below
    l_ncsw: i64 = stat()  # context switches
    # atomic: whoever wants the lock reads which one that is, and once it has it looks again
    l_mutex: Mutex = atomic()  # the lock of whatever queue it is on
    # guarded by *l_mutex
    l_stat: u8
    l_cpu: i8 = atomic()  # where it runs or ran last; read by others without the lock
    l_prio: i16  # its own priority
    l_inherited: i16 = -1  # the best priority lent to it; -1 none
    l_kpribase: i16 = atomic(PRI_KERNEL)  # it takes back what it was lifted to without the lock, when it is woken
    l_kpriority: u8  # 1: in the kernel band while it waits for a lock
    l_next: Lwp  # run queue or sleep queue
    l_wchan: i64  # address of what it sleeps on; 0 none
    l_sleepq: Sleepq
    l_syncobj: u8  # kind of what it sleeps on
    l_ts: Turnstile  # its own turnstile; while it waits for a lock, that of the lock
    l_pi_lenders: Turnstile
    l_switched: u8  # 1: a switch has let go of it (NetBSD: not LP_RUNNING), so that only the scheduler brings it back
    l_yielded: u8  # 1: gives way to threads of its own priority too
    l_unparked: i16  # wakeups by `lwp_unpark` that it has not slept for
    l_held: Mutex  # textbook locks: those it holds, the last one first
    # atomic: other CPUs ask
    l_dopreempt: u8 = atomic()  # a better thread waits: give way when allowed
    l_ctxswtch: u8 = atomic()  # still leaving a CPU: do not switch to it yet


class CpuInfo(PerCpu):
    """cpu_info: one per CPU."""

    # this CPU alone
    curlwp: Lwp  # the thread that runs here
    idlelwp: Lwp
    onproc: Lwp  # the thread under all interrupt threads
    prevlwp: Lwp  # between a switch and `switch_finish`: the thread that left
    biglock_count: i16
    mtx_count: i8  # minus the number of spin mutexes held here
    mtx_oldspl: u8  # level before the first of them
    idepth: i8  # handlers that run here without a thread of their own: hard ones, and softints of 2006
    simple_locks: i8 = ghost()  # simple locks held here (2006: ci_simple_locks)
    simple_under: Array[i8] = array(LEVELS, ghost())  # how many there were when a handler of that level began
    locks_under: Array[i16] = array(LEVELS, ghost())  # how many sleeping locks what it interrupted held then
    nopreempt_under: Array[i16] = array(LEVELS, ghost())  # what the `l_nopreempt` of that was, while it runs
    floor_under: Array[u8] = array(LEVELS, ghost())  # what `l_splfloor` was when a handler of that level began
    # atomic: other CPUs read them
    running: Lwp = atomic()  # curlwp as other CPUs see it: stored after every change of curlwp
    biglock_wanted: Lwp = atomic()  # the thread that spins here for the big lock
    curpriority: i16 = atomic(PRI_IDLE)  # priority of `onproc`, for whoever looks for a CPU to wake
    # atomic: set by others, cleared here
    want_resched: u8 = atomic()  # a better thread is on the run queue
    want_kpreempt: u8 = atomic()  # and it is good enough to preempt the kernel


ci = CpuInfo()


@inline
def set_curlwp(l: Lwp) -> None:
    """`l` runs here from now on, and every CPU must see so before `l` looks at the waiters of a lock it holds.

    Interrupts off, or level IPL_SCHED. The exchange is locked: it is the store-to-load barrier of the thread
    that comes *on*.
    """
    ci.curlwp = l
    swap(on_cpu(ci, cpu_number()).running, l)


@inline
def set_curlwp_over(l: Lwp) -> None:
    """`l` runs on top of the present thread from now on. No barrier: `l` starts fresh and holds no locks."""
    ci.curlwp = l
    on_cpu(ci, cpu_number()).running = l


@inline
def set_curlwp_beneath(l: Lwp) -> None:
    """The pinned `l` runs again once the frame on top of it is left. No barrier: leaving an interrupt is one."""
    ci.curlwp = l
    on_cpu(ci, cpu_number()).running = l


@inline
def splfloor_enter(l: Lwp, level: int) -> None:
    """On `l`, which runs, a handler that does without a thread of its own, or a softint, is called at `level`."""
    ci.floor_under[level] = l.l_splfloor
    l.l_splfloor = level


@inline
def splfloor_exit(l: Lwp, level: int) -> None:
    """It has returned."""
    l.l_splfloor = ci.floor_under[level]
    ci.floor_under[level] = 0


@inline
def spllevel_check(level: int) -> None:
    """Every `splraise` and `splx` begins with this."""
    assert 0 <= level <= IPL_HIGH, "there is no such level"


@inline
def splfloor_check(level: int) -> None:
    """Every `splx` that lowers begins with this: a handler may not let in what the level of its entry keeps out."""
    assert level >= ci.curlwp.l_splfloor, "splx below the level that the handler was called at"


@inline
def cpu_intr_p() -> bool:
    """Whether the caller is a handler without a thread: it may not block."""
    return ci.idepth != 0
