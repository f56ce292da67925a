"""Clients find, within their tight bounds, guards that are left out and that no named mutant leaves out."""

import pytest
from tests.check.test_clients import explored

from splx.scenario import mutants
from splx.scenario.mutation import Edit, Mutant

#: What is left out -> the kernel, the client that finds it, the code, who is wrong, the mechanism, and its text before
#: and after.
GUARDS = {
    "an idle CPU looks at its queue with interrupts on": (
        "netbsd-5", "woken", "R0003", "user0 is ready and no CPU can ever run it",
        Edit("switch", """\
        intr_disable()
        if rq.rq_bitmap == 0:
            halt()
        else:
            intr_enable()
""", """\
        if rq.rq_bitmap == 0:
            halt()
        else:
"""),
    ),
    "a thread that is woken is not told of to its CPU": (
        "netbsd-5", "woken", "R0003", "user0 is ready and no CPU can ever run it",
        Edit("sched", """\
    sched_enqueue(rq, l, lwp_eprio(l))
    sched_request(l, cpu)
""", """\
    sched_enqueue(rq, l, lwp_eprio(l))
"""),
    ),
    "a broadcast wakes one": (
        "netbsd-5", "waiting", "R0004", "sleeps on given and nobody can wake it",
        Edit("condvar", "        cv_wakeup(cv, waiters)\n", "        cv_wakeup(cv, 1)\n"),
    ),
    "a spin mutex reads the level to go back to when it no longer counts": (
        "netbsd-5", "spin", "R0001", "a level is left raised",
        Edit("mutex_spin", """\
    old = ci.mtx_oldspl
    held = fetch_add_local(ci.mtx_count, 1)
""", """\
    held = fetch_add_local(ci.mtx_count, 1)
    old = ci.mtx_oldspl
"""),
    ),
    "the register is lowered before the word": (
        "netbsd-2006", "levels", "R0005", "an item of card is never taken",
        Edit("spl_eager", """\
        splfloor_check(level)
        spl.ilevel = level
        set_hw_level(mask_clamp(level))
""", """\
        splfloor_check(level)
        set_hw_level(mask_clamp(level))
        spl.ilevel = level
"""),
    ),
    "a soft level counts as idle while its thread is blocked": (
        "netbsd-5", "soft", "R0001", "busy frame",
        Edit("softint", """\
    node = sq.after[k]
    while node != 0:
        softq_remove""", """\
    node = sq.after[k]
    sq.active[k] = 0
    while node != 0:
        softq_remove"""),
    ),
    "a thread that is lent a priority stays where it is on its queue": (
        "netbsd-5", "lending", "R0003", "worst is ready and no CPU can ever run it",
        Edit("turnstile", """\
        owner.l_pi_lenders = ts
        sched_changepri(owner, prio)
""", """\
        owner.l_pi_lenders = ts
        owner.l_inherited = prio
"""),
    ),
    "a thread whose preemption is enabled again does not look for a request": (
        "netbsd-5", "preemption", "R0003", "better is ready and no CPU can ever run it; common spins on owed.now",
        Edit("preempt", """\
    holds = fetch_add_local(l.l_nopreempt, -1)
    if holds == 1 and l.l_dopreempt != 0:
        kpreempt()
""", """\
    fetch_add_local(l.l_nopreempt, -1)
"""),
    ),
    "a preemption that the level refuses is not asked for again": (
        "netbsd-5", "preemption", "R0003", "better is ready and no CPU can ever run it; common spins on owed.now",
        Edit("preempt", """\
        kpreempt_ev.failed_ipl += 1
        spl_request(SOFT_PREEMPT)
""", """\
        kpreempt_ev.failed_ipl += 1
"""),
    ),
    "a preemption that the big lock refused does not happen when that is free": (
        "netbsd-5", "refused", "R0002", "better is ready and no CPU can ever run it; common spins on owed.now",
        Edit("kernel_lock", """\
    if left == 0:
        preempt_point()
""", ""),
    ),
    "who is better than a thread that goes to user mode is not looked for": (
        "linux", "to_user", "R0002", "better is ready and no CPU can ever run it; worse spins on data.through",
        Edit("sched", """\
    if best is not NULL:
        sched_request(best, l.l_cpu)
    mutex_spin_exit(rq.rq_lock)


def sched_tick""", """\
    mutex_spin_exit(rq.rq_lock)


def sched_tick"""),
    ),
    "the CPU of a ready thread is not told that it is lent a priority": (
        "linux:lend=chain", "lent", "R0003", "owner is ready and no CPU can ever run it; better spins on data.through",
        Edit("sched", """\
        sched_requeue(rq, l, inherited)
        sched_request(l, l.l_cpu)
""", """\
        sched_requeue(rq, l, inherited)
"""),
    ),
    "who spins for a lock does not look whether its owner runs still": (
        "linux:lend=chain", "lent_on", "R0003",
        "waiter spins on first.word for ever; better spins on second.word for ever",
        Edit("mutex_adaptive", """\
        and on_cpu(ci, owner.l_cpu).running is owner
""", ""),
    ),
    "who spins for a lock that lends does not look whether its owner runs still": (
        "linux-rt", "lent_on", "R0002", "waiter spins on first.word for ever; better spins on second.word for ever",
        Edit("rtmutex", " and on_cpu(ci, owner.l_cpu).running is owner)", ")"),
    ),
    "a CPU is poked before it can see that a better thread waits": (
        "netbsd-5", "poked", "R0003", "better is ready and no CPU can ever run it; common spins on owed.now",
        Edit("preempt", """\
        on_cpu(ci, cpu).want_resched = 1
        send_ipi(cpu, VEC_POKE)
""", """\
        send_ipi(cpu, VEC_POKE)
        on_cpu(ci, cpu).want_resched = 1
"""),
    ),
    "a thread looks for a better one before it says that it is in user mode": (
        "netbsd-2006", "poked", "R0003", "better is ready and no CPU can ever run it; common spins on owed.now",
        Edit("preempt_never", """\
    l.l_user = 1
    if ci.want_resched != 0:
        kpreempt()
""", """\
    if ci.want_resched != 0:
        kpreempt()
    l.l_user = 1
"""),
    ),
    "what was lent is not given back": (
        "netbsd-5", "lending", "R0021", "the invariant `turnstile_always(worst)` does not hold",
        Edit("turnstile", """\
    if ts.ts_inheritor is not NULL:
        turnstile_unlend(ts)
    while count > 0:
""", """\
    while count > 0:
"""),
    ),
    "who gives one of two locks back falls back to its own priority": (
        "netbsd-5", "owing", "R0021", "the invariant `turnstile_always(worst)` does not hold",
        Edit("turnstile", """\
            best = max(best, each.ts_eprio)
            before = each
""", """\
            before = each
"""),
    ),
    "a request is taken off its queue, and its function is not called": (
        "linux:workqueue=thread", "awaited", "R0030", "user0 goes on for ever, and nobody gets anywhere",
        Edit("workqueue", "        wq.wq_func(arg)\n", "        if arg != 1:\n            wq.wq_func(arg)\n"),
    ),
    "a tasklet runs where another CPU runs it": (
        "linux", "twice", "R0001", "a tasklet runs twice, in rest",
        Edit("tasklet", """\
    if swap(t.t_run, 1) != 0:
        return False
""", """\
    swap(t.t_run, 1)
"""),
    ),
    "an item is given back, and nobody who waits is told": (
        "linux", "pool", "R0004", "sleeps on stock and nobody can wake it",
        Edit("pool", "    cv_signal(p.pr_cv)\n", ""),
    ),
    "an item is given back, and who waits is told only if it is the first": (
        "linux", "two_items", "R0004", "sleeps on stock and nobody can wake it",
        Edit("pool", "    cv_signal(p.pr_cv)\n", "    if free == 0:\n        cv_signal(p.pr_cv)\n"),
    ),
    "the first request of a workqueue is not known as its last": (
        "linux:workqueue=thread", "awaited", "R0001", "bad address",
        Edit("workqueue", "    wq.wq_tail = wk\n", "    if wq.wq_head is not wk:\n        wq.wq_tail = wk\n"),
    ),
    "who was late is told that it was woken": (
        "linux", "timed", "R0001", "late before the time was over",
        Edit("timeout", "    if st.st_late == 0:\n        return 0\n", "    if st.st_late == 1:\n        return 0\n"),
    ),
    "a callout that is due is not called": (
        "linux", "called", "R0001", "who halts a callout is told that it was called, and it was not",
        Edit("callout", "        callout_call(cc, c)\n", ""),
    ),
    "who gives way keeps the big lock": (
        "netbsd-5", "let_go", "R0001", "switch while holding kernel_lock",
        Edit("switch", """\
    holds = kernel_unlock_all()
    lwp_lock(l)
    l.l_yielded = 1
    mi_switch()
    kernel_relock(holds)
""", """\
    lwp_lock(l)
    l.l_yielded = 1
    mi_switch()
"""),
    ),
    "what stands behind a soft interrupt of its level is lost": (
        "netbsd-5", "softs", "R0003", "user spins on request.asked",
        Edit("softint", """\
        softq_remove(k, node)
        sq.pending""", """\
        softq_remove(k, node)
        sq.after[k] = 0
        sq.last[k] = k
        sq.pending"""),
    ),
    "who tries a lock of threads never has it": (
        "linux", "tried", "R0001", "a free lock was not to be had",
        Edit("mutex_adaptive", """\
    taken = cas(m.word, 0, addr(ci.curlwp)) or (MTX_HANDOFF == 2 and mutex_adaptive_claim(m))
""", """\
    taken = False
"""),
    ),
    "a thread is preempted at the level that keeps it": (
        "freebsd", "raised", "R0001", "preempted where preemption is disabled",
        Edit("preempt", "    if s > IPL_PREEMPT:", "    if s > IPL_SCHED:"),
    ),
    "a thread is chosen on another CPU while its own has it still": (
        "linux", "unbound", "R0022", "a data race on wanderer.l_ctx",
        Edit("switch", """\
    spin_while(newl.l_ctxswtch != 0)
    mark(MARK_RUN, newl.l_id, 0)
    l.l_ctx""", """\
    mark(MARK_RUN, newl.l_id, 0)
    l.l_ctx"""),
    ),
    "what stands behind a tasklet of its list is lost": (
        "linux", "listed", "R0003", "user0 spins on data.asked[0] for ever",
        Edit("tasklet", "        t = after\n", "        t = NULL if after is not NULL else after\n"),
    ),
    "who enables a tasklet enables it for all": (
        "linux", "disabled", "R0001", "tasklet_enable of one that is not disabled",
        Edit("tasklet", "    fetch_add(t.t_count, -1)\n", "    swap(t.t_count, 0)\n"),
    ),
    "who disables a tasklet says that it waits when it has seen it run": (
        "linux", "ended", "R0004", "user1 sleeps on rest and nobody can wake it",
        Edit("tasklet", """\
    fetch_add(t.t_waiters, 1)
    while t.t_run != 0:
        cv_wait(t.t_cv, t.t_lock)
    fetch_add(t.t_waiters, -1)
    mutex_exit(t.t_lock)
""", """\
    while t.t_run != 0:
        fetch_add(t.t_waiters, 1)
        cv_wait(t.t_cv, t.t_lock)
        fetch_add(t.t_waiters, -1)
    mutex_exit(t.t_lock)
"""),
    ),
    "a request is put on the list of a CPU while another runs it": (
        "linux:tasklets=bh", "twice", "R0001", "a tasklet runs twice, in rest",
        Edit("bh_workqueue", "        if pool.b_current == addr(t):\n            return pool\n", ""),
    ),
    "a request that is disabled is put on a list": (
        "linux:tasklets=bh", "disabled", "R0001", "a tasklet runs that is disabled",
        Edit("bh_workqueue", "        if t.t_count == 0:\n", "        if t.t_count >= 0:\n"),
    ),
    "who disables a request does not wait until another has changed it": (
        "linux:tasklets=bh", "disabled", "R0022", "a data race on one.t_next",
        Edit("bh_workqueue", """\
    while swap(t.t_sched, 1) != 0 and not (t.t_pool & BH_LISTED == BH_LISTED and bh_steal(t)):
        spl_irq_restore(s)
        bh_grab_wait(t)
        s = spl_irq_save(IPL_HIGH)
""", """\
    swap(t.t_sched, 1)
"""),
    ),
    "who disables a request does not wait for the end of a run": (
        "linux:tasklets=bh", "ended", "R0001", "a tasklet runs that is disabled",
        Edit("bh_workqueue", "    if t.t_pool != 0:\n        bh_wait(t, bh_last(t))\n", ""),
    ),
    "requests that are left at the limit are nobody's": (
        "linux:tasklets=bh", "listed", "R0003", "user0 spins on data.asked[0] for ever",
        Edit("bh_workqueue", "    if more:\n        softint_schedule(tasklets.softint[vector])\n", ""),
    ),
    "the worker of a pool is at work for ever": (
        "linux:tasklets=bh", "listed", "R0003", "user0 spins on data.asked[0] for ever",
        Edit("bh_workqueue", "    pool.b_busy = 0\n", ""),
    ),
    "who waits for a request looks between the end of its waiting and the beginning of its run": (
        "linux:tasklets=bh", "killed", "R0001", "a tasklet begins that is disabled, or was killed",
        Edit("bh_workqueue", """\
    pool.b_current = addr(t)
    t.t_pool = pool.b_number | BH_WAS
    was = swap(t.t_sched, 0)
""", """\
    t.t_pool = pool.b_number | BH_WAS
    was = swap(t.t_sched, 0)
    pool.b_current = addr(t)
"""),
    ),
    "what stands behind a poll of its CPU is lost": (
        "linux", "two_polls", "R0005", "an item of card is never taken",
        Edit("napi", "        sd.first = n.n_next\n", "        sd.first = NULL\n"),
    ),
    "who tries a lock to read and write never has it": (
        "netbsd-5", "tried_shared", "R0001", "a free lock was not to be had",
        Edit("rwlock", "    taken = rw_take(rw.rw_lock, op)\n    ci", "    taken = False\n    ci"),
    ),
    "a callout that was stopped while it waited for the big lock is called": (
        "netbsd-5", "called_big", "R0001", "a callout is called that was stopped, or twice",
        Edit("callout", """\
        if not stopped:
            c.c_func""", """\
        if not stopped or stopped:
            c.c_func"""),
    ),
    "a callout that was stopped while it waited for the big lock is never called again": (
        "freebsd", "again", "R0003", "user spins on data.called for ever",
        Edit("callout", "        cc.cc_cancel = NULL\n", ""),
    ),
    "a pause is over at once": (
        "netbsd-5", "paused", "R0001", "a thread that waits for a tick has not seen one",
        Edit("timeout", """\
    assert_sleepable()
    timeout_sleep(timeout_of(ci.curlwp), ticks)
""", """\
    assert_sleepable()
"""),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", GUARDS)
def test_a_client_finds_within_tight_bounds_that(what, monkeypatch):
    design, client, code, why, edit = GUARDS[what]
    monkeypatch.setattr(mutants, "MUTANTS", (Mutant("this", what, why, (edit,)),))
    (found,) = explored(design, [client], mutants=("this",))
    assert found.verdict.finding.code == code
    assert why in found.verdict.finding.why


@pytest.mark.parametrize(("design", "client"), sorted({each[:2] for each in GUARDS.values()}))
def test_with_all_guards_it_verifies(design, client):
    (found,) = explored(design, [client])
    assert found.verdict.holds


#: Bounds between the tight ones and the others: two CPUs, and three threads, or two, that nothing interrupts.
THREE = {"cpus": 2, "threads": 3}
BETWEEN = {
    "who gives back a lock wakes one who waits, and leaves the others": (
        "freebsd", "sleepers", THREE, "R0004", "user1 sleeps on lock and nobody can wake it",
        Edit("mutex_adaptive", """\
        turnstile_wakeup(ts, TS_WRITER_Q, ts.ts_waiters[TS_WRITER_Q])
""", """\
        turnstile_wakeup(ts, TS_WRITER_Q, 1)
"""),
    ),
    "who gives back a lock to one who waits does not say that there are others": (
        "linux", "sleepers", THREE, "R0004", "sleeps on lock and nobody can wake it",
        Edit("mutex_adaptive", "m.word = owner | int(ts.ts_waiters[TS_WRITER_Q] > 1)\n", "m.word = owner\n"),
    ),
    "who sleeps for a lock may be woken before it says so": (
        "linux-rt", "sleepers", THREE, "R0004", "user1 sleeps on lock and nobody can wake it",
        Edit("rtmutex", """\
        lwp_lock(l)
        l.l_stat = LSSLEEP
        l.l_wchan = addr(m)
        mutex_spin_exit(rtmutexes.wait_lock)
""", """\
        mutex_spin_exit(rtmutexes.wait_lock)
        lwp_lock(l)
        l.l_stat = LSSLEEP
        l.l_wchan = addr(m)
"""),
    ),
    "who waits for a token keeps those that it has": (
        "dragonfly", "two_locks", {"threads": 2}, "R0003", "user1 spins on lock.word for ever",
        Edit("lwkt_token", """\
    token_drop(l)
    l.l_blcnt = 0
    token_getall""", """\
    l.l_blcnt = 0
    token_getall"""),
    ),
    "a thread that is bound to a CPU is woken on another": (
        "linux", "woken", {"threads": 2}, "R0001", "a bound thread has left its CPU",
        Edit("sched", """\
    if l.l_flag & (LW_BOUND | LW_NOMIGRATE) != 0 or prio > least:
""", """\
    if prio > least:
"""),
    ),
}  # fmt: skip


def between(design, client, bounds, mutants=()):
    """What became of a client that nothing interrupts, within such bounds."""
    settings = tuple((name, str(n)) for name, n in bounds.items())
    (found,) = explored(design, [client], mutants=mutants, settings=settings, budgets={"card": 0})
    return found


@pytest.mark.parametrize("what", BETWEEN)
def test_a_client_finds_on_two_cpus_that(what, monkeypatch):
    design, client, bounds, code, why, edit = BETWEEN[what]
    monkeypatch.setattr(mutants, "MUTANTS", (Mutant("this", what, why, (edit,)),))
    found = between(design, client, bounds, ("this",))
    assert found.verdict.finding.code == code
    assert why in found.verdict.finding.why


@pytest.mark.parametrize("what", BETWEEN)
def test_with_all_guards_it_verifies_on_two_cpus(what):
    assert between(*BETWEEN[what][:3]).verdict.holds


@pytest.mark.parametrize("design", ["linux", "linux:preempt=voluntary", "linux:preempt=none", "freebsd", "qnx"])
def test_whoever_can_be_preempted_waits_for_a_better_thread_and_gives_way(design):
    for each in explored(design, ["preemption", "poked"]):
        assert each.verdict.holds, f"{each.client.name}: {each.verdict.finding}"
