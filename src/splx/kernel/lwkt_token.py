"""Serialising tokens: a lock that a thread owns only while it runs. The big lock is one of them.

What
----
A thread takes a token, and others that want it wait. But whenever the thread sleeps or gives way all its tokens are
released, and before it goes on it has all of them again. An interrupt that runs on top of it takes nothing away. So a
token says that nobody else was inside since the thread last blocked, and no more: every call that may block is a place
where what the token guards may have changed.

Who finds a token taken lets go of those it has, and then takes all of them in the order of their addresses, spinning
for each. If it is an interrupt thread on top of another thread it does not spin: it goes back to that one and becomes a
thread like any other, which the scheduler runs.

Why
---
Tokens cannot deadlock by the order in which they are taken, so code that holds some may call code that takes others,
and an interrupt thread may want what the thread beneath it has. It is a big lock in small pieces: what a driver
written for one CPU relied on, that nothing changes until it sleeps, is just what it gets. In exchange what a mutex
guards across a call that takes another mutex, a token does not.

The race
--------
Two threads that take two tokens in opposite orders. One must have let go before it spins:

    cpu0                                cpu1
    mutex_enter(a)
    cas a.word := one
                                        mutex_enter(b)
                                        cas b.word := other
    mutex_enter(b)
    token_wait
    a.word := 0                 -- lets go
                                        mutex_enter(a)
                                        cas a.word := other
                                        b.word := 0
                                        mutex_exit returns
                                        a.word := 0
                                        mutex_exit returns
    cas a.word := one
    cas b.word := one
    mutex_enter returns

An interrupt thread must not spin while there is a thread beneath it:

    cpu0
    mutex_enter(m)
    cas m.word := victim
    interrupt nic
    ithread_main
    mutex_enter(m)
    token_back                  -- its victim has it
    switch_finish
    intr_leave
    m.word := 0                 -- the victim
    switch_to(irq/nic)          -- through the scheduler
    cas m.word := irq/nic

Invariants
----------
1. The owner of a token runs, or lies beneath interrupt threads.
2. The owner of a token counts it, so that no thread but those of interrupts preempts it.
3. A thread that spins for a token owns none of a higher address, and has no thread beneath it.

Sources
-------
DragonFly sys/kern/lwkt_token.c (lwkt_gettoken, lwkt_reltoken, lwkt_getalltokens, lwkt_relalltokens) and
sys/kern/lwkt_thread.c (lwkt_switch), recent.

Left out
--------
Shared holds. Exponential back-off, up to 4096 polls. That the scheduler, finding a token taken, looks for a thread that
can have its own: here the thread spins, whose owner runs on another CPU. That a thread may take a token again: the
interface forbids it to drivers; the big lock counts. A thread that returns to user mode with a token, which panics
there, is not looked for.
"""

from __future__ import annotations

from splx.kernel.interface.axes import preempt_point, resched
from splx.kernel.interface.levels import NLWP
from splx.kernel.interface.locks import MUTEX_TOKEN, Mutex, mutex_spin_enter, mutex_spin_exit
from splx.kernel.interface.lwp import LSONPROC, LSRUN, Lwp, ci, cpu_intr_p
from splx.kernel.interface.sched import lwp_eprio, lwp_lock, mi_switch, sched, sched_enqueue
from splx.lang.kernel import (
    NULL,
    Array,
    Struct,
    account,
    addr,
    array,
    at,
    embedded,
    i8,
    inline,
    invariant,
    noinline,
    on_cpu,
    spin_while,
)
from splx.machine.intrinsics import cas, cpu_number

__account__ = "lock"

MAXTOKENS = 6  # LWKT_MAXTOKENS, 32 there


class TokRefs(Struct):
    """The tokens of a thread, in the order of taking. Used by the thread alone."""

    count: i8
    depth: i8  # how often more it has the big lock
    tok: Array[Mutex] = array(MAXTOKENS)


class TokTable(Struct):
    """One for each thread, by l_id."""

    of: Array[TokRefs] = embedded(array(NLWP))


refs = TokTable()
mp_token = Mutex(kind=MUTEX_TOKEN)


@inline
def token_add(r: TokRefs, m: Mutex) -> None:
    """One more."""
    n = r.count
    assert n < MAXTOKENS, "too many tokens held"
    r.tok[n] = m
    r.count = n + 1


def token_remove(r: TokRefs, m: Mutex) -> None:
    """One less, whichever it is."""
    last = r.count - 1
    n = last
    while r.tok[n] is not m:
        n -= 1
    while n < last:
        r.tok[n] = r.tok[n + 1]
        n += 1
    r.tok[last] = NULL
    r.count = last


# ---- one token


def token_get(m: Mutex) -> None:
    """lwkt_gettoken: `m` is one of the tokens of the running thread, and the thread has all of them."""
    l = ci.curlwp
    assert not cpu_intr_p(), "token in an interrupt without a thread"
    assert ci.mtx_count == 0, "token while a spin mutex is held"
    token_add(refs.of[l.l_id], m)
    l.l_blcnt += 1
    if not cas(m.word, 0, addr(l)):
        token_wait(l)


def token_put(m: Mutex) -> None:
    """lwkt_reltoken: the last one lets an owed preemption happen."""
    l = ci.curlwp
    assert m.word == addr(l), "releasing a token that is not held"
    token_remove(refs.of[l.l_id], m)
    m.word = 0
    token_uncount(l)


@inline
def token_uncount(l: Lwp) -> None:
    """One less is counted. After the last an owed preemption may happen, but not where a spin mutex is held yet."""
    left = l.l_blcnt - 1
    l.l_blcnt = left
    if left == 0 and ci.mtx_count == 0:
        preempt_point()


@noinline
def token_wait(l: Lwp) -> None:
    """What lwkt_switch comes to for a thread whose tokens are not to be had."""
    holds = l.l_blcnt
    token_drop(l)
    l.l_blcnt = 0
    token_getall(l, holds)


def token_back(l: Lwp) -> None:
    """From the interrupt thread `l` back to whom it preempted. Here again when the scheduler has chosen it."""
    cpu = cpu_number()
    rq = sched.cpu[cpu]
    lwp_lock(l)
    own = l.l_mutex
    mutex_spin_enter(rq.rq_lock)
    l.l_stat = LSRUN
    l.l_mutex = rq.rq_lock
    sched_enqueue(rq, l, lwp_eprio(l))
    mutex_spin_exit(own)
    if lwp_eprio(l) > on_cpu(ci, cpu).curpriority:
        on_cpu(ci, cpu).curpriority = lwp_eprio(l)
        resched(l, cpu)
    mi_switch()


# ---- all tokens of a thread


def token_drop(l: Lwp) -> None:
    """lwkt_relalltokens: let go of every token that `l` owns; they stay its own to be had again."""
    r = refs.of[l.l_id]
    for n in range(MAXTOKENS):
        m = r.tok[n]
        if m is not NULL and m.word == addr(l):
            m.word = 0


@account("spin")
def token_getall(l: Lwp, holds: int) -> None:
    """lwkt_getalltokens, spinning: all tokens of `l`, which owns none, in the order of their addresses."""
    r = refs.of[l.l_id]
    if l.l_switchto is not NULL:
        token_back(l)
    l.l_blcnt = holds
    m = token_after(r, 0)
    while m is not NULL:
        while not cas(m.word, 0, addr(l)):
            spin_while(m.word != 0)
        m = token_after(r, addr(m))


def token_after(r: TokRefs, before: int) -> Mutex:
    """The token of the least address above `before`, or NULL."""
    found: Mutex = NULL
    for n in range(MAXTOKENS):
        m = r.tok[n]
        if m is not NULL and addr(m) > before and (found is NULL or addr(m) < addr(found)):
            found = m
    return found


# ---- as locks of drivers


def mutex_sleep_enter(m: Mutex) -> None:
    """Take `m`."""
    l = ci.curlwp
    assert m.word != addr(l), "locking against myself"
    token_get(m)
    l.l_locks += 1


def mutex_sleep_exit(m: Mutex) -> None:
    """Release `m`."""
    ci.curlwp.l_locks -= 1
    token_put(m)


def mutex_sleep_tryenter(m: Mutex) -> bool:
    """lwkt_trytoken: take `m` if it is free."""
    l = ci.curlwp
    assert not cpu_intr_p(), "token in an interrupt without a thread"
    l.l_blcnt += 1
    taken = cas(m.word, 0, addr(l))
    if taken:
        token_add(refs.of[l.l_id], m)
        l.l_locks += 1
    else:
        token_uncount(l)
    return taken


# ---- as the big lock, and at every sleep


def kernel_lock() -> None:
    """get_mplock: once more."""
    l = ci.curlwp
    if mp_token.word == addr(l):
        refs.of[l.l_id].depth += 1
        l.l_blcnt += 1
    else:
        token_get(mp_token)


def kernel_unlock() -> None:
    """rel_mplock: one hold less."""
    l = ci.curlwp
    r = refs.of[l.l_id]
    assert mp_token.word == addr(l), "kernel_unlock without kernel_lock"
    if r.depth > 0:
        r.depth -= 1
        l.l_blcnt -= 1
    else:
        token_put(mp_token)


def kernel_unlock_all() -> int:
    """Before the running thread sleeps: let go of all its tokens. Returns the count of them, 0 if there is none."""
    l = ci.curlwp
    holds = l.l_blcnt
    if holds != 0:
        token_drop(l)
        l.l_blcnt = 0
    return holds


def kernel_relock(holds: int) -> None:
    """After it has slept: have them again."""
    if holds != 0:
        token_getall(ci.curlwp, holds)


@inline
def kernel_unlock_block() -> int:
    """Never called: nobody sleeps for a token."""
    return 0


@inline
def kernel_relock_block(holds: int) -> None:
    """Never called."""


def kernel_locked_p() -> bool:
    """Whether the running thread owns it."""
    return mp_token.word == addr(ci.curlwp)


@invariant()
def token_always(m: Mutex) -> bool:
    """1, unless the owner is on its way to let go, with its queue locked."""
    if m.kind != MUTEX_TOKEN or m.word == 0:
        return True
    owner = at(Lwp, m.word)
    return owner.l_stat == LSONPROC or owner.l_mutex.word != 0


@invariant()
def token_counted(m: Mutex) -> bool:
    """2."""
    return m.kind != MUTEX_TOKEN or m.word == 0 or at(Lwp, m.word).l_blcnt != 0
