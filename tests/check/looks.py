"""For each invariant that a mechanism states as a function: where to look at it, and a mutant that breaks it.

A look is an assertion put into the text of the mechanism, at a place where what the essay says of the place is so: its
lock held, interrupts on. `breaks` is what is changed besides. Names are those of `splx.scenario.mutants` where they
have one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.drawings.guards import FLAG_TEST_FIRST

from splx.scenario.mutants import Edit, mutant

SAYS = "the invariant does not hold"


@dataclass(frozen=True)
class Look:
    """An invariant, where it is looked at, what breaks it, and where that is seen."""

    look: tuple[Edit, ...]
    breaks: tuple[Edit, ...]
    scenario: str
    design: str = "netbsd-5"
    right: dict[str, int] = field(default_factory=dict)


def after(mechanism, text, holds):
    """`text`, and behind it an assertion at the indentation of its last line, or at that of `holds`."""
    last = text.rstrip("\n").rsplit("\n", 1)[-1]
    indent = last[: len(last) - len(last.lstrip())]
    return Edit(mechanism, text, f'{text}{indent}assert {holds}, "{SAYS}"\n')


NODE = "softint_invariant(softints.softint[node - SOFTS])"
LOOKS = {
    "mutex_spin.mutex_spin_invariant": Look(
        (
            Edit(
                "mutex_spin",
                "        mutex_spin_wait(m)\n\n\n@noinline\n",
                f'        mutex_spin_wait(m)\n    assert mutex_spin_invariant(m), "{SAYS}"\n\n\n@noinline\n',
            ),
        ),
        mutant("spin-bare").edits,
        "below",
    ),
    "mutex_adaptive.mutex_adaptive_invariant": Look(
        (
            Edit(
                "mutex_adaptive",
                "    ci.curlwp.l_locks += 1\n",
                "    ci.curlwp.l_locks += 1\n    fine = mutex_adaptive_invariant(m)\n"
                f'    assert fine, "{SAYS}"\n',
            ),
        ),
        mutant("exit-split").edits,
        "twice",
    ),
    "turnstile.turnstile_invariant": Look(
        (after("turnstile", "    sched_changepri(l, turnstile_forget(l, ts))\n", "turnstile_invariant(l)"),),
        (Edit("turnstile", "            best = max(best, each.ts_eprio)\n            before", "            before"),),
        "lent_twice",
    ),
    "sched.sched_invariant": Look(
        (after("sched", "    sched_request(l, cpu)\n", "sched_invariant(l)"),),
        (Edit("sched", "    l.l_cpu = cpu\n    l.l_stat = LSRUN\n    l.l_mutex = rq.rq_lock\n",
              "    l.l_cpu = cpu\n    l.l_stat = LSRUN\n"),),
        "twice",
    ),
    "sched.sched_current_invariant": Look(
        (after("sched", "    sched_request(l, cpu)\n", "cpu != cpu_number() or sched_current_invariant()"),),
        (Edit("switch", "    ci.curpriority = lwp_eprio(newl)\n", ""),),
        "two_wait",
    ),
    "sched_fair.fair_order_invariant": Look(
        (after("sched_fair", "    rq.rq_bitmap |= bit(row)\n", "fair_order_invariant(rq)"),),
        (Edit("sched_fair", "    return its < mine or ", "    return its > mine or "),),
        "fairly",
        "linux:share=fair",
    ),
    "sched_fair.fair_least_invariant": Look(
        (Edit("sched_fair", "    if competes and fair", f'    assert fair_least_invariant(rq, l), "{SAYS}"\n'
              "    if competes and fair"),),
        (Edit("sched_fair", "        fair_forget(least, here)\n", "        pass\n"),),
        "fairly",
        "linux:share=fair",
    ),
    "sleepq.sleepq_invariant": Look(
        (after("sleepq", "    l.l_sleepq = q\n    sleepq_insert(q, l, lwp_eprio(l))\n", "sleepq_invariant(q)"),),
        (Edit("sleepq", "    l.l_sleepq = q\n    sleepq_insert(q, l, lwp_eprio(l))\n",
              "    l.l_sleepq = q\n    sleepq_insert(q, l, 255)\n"),),
        "all_woken",
    ),
    "callout.callout_invariant": Look(
        (after("callout", "    released = False\n    callout_remove(cc, c)\n", "callout_invariant(c)"),),
        (Edit("callout", "    c.c_next = NULL\n    c.c_flags &= ~CALLOUT_PENDING\n", "    c.c_next = NULL\n"),),
        "cases/c15",
        "freebsd",
    ),
    "condvar.cv_invariant": Look(
        (after("condvar", "    cv.cv_waiters += 1\n", "cv_invariant(cv)"),),
        mutant("m17").edits,
        "cases/b4",
        right={"WAITS": 0},
    ),
    "park.park_invariant": Look(
        (after("park", "    l.l_wchan = addr(l)\n", "park_invariant(l)"),),
        (Edit("park", "    if l.l_unparked > 0:\n", "    if l.l_unparked > 1:\n"),),
        "parks",
    ),
    "pool.pool_invariant": Look(
        (after("pool", "        p.pr_free = item - 1\n", "pool_invariant(p)"),),
        (Edit("pool", "    if item > 0:\n", "    if item >= 0:\n"),),
        "emptied",
    ),
    "workqueue.workqueue_invariant": Look(
        (after("workqueue", "    cv_signal(wq.wq_cv)\n", "workqueue_invariant(wq)"),),
        (Edit("workqueue", "    wk.wk_queued = 1\n", ""),),
        "queued",
    ),
    "softint.softint_invariant": Look(
        (
            Edit(
                "softint",
                "        softq_remove(k, node)\n        sq.pending[node - SOFTS] = 0\n",
                "        softq_remove(k, node)\n        sq.pending[node - SOFTS] = 0\n"
                f'        assert softint_invariant(softints.softint[node - SOFTS]), "{SAYS}"\n',
            ),
        ),
        mutant("c8").edits,
        "cases/c8",
    ),
    "swi.softint_invariant": Look(
        (after("swi", "            sq.pending[node - SOFTS] = 0\n", NODE),),
        (Edit("swi", "            sq.pending[node - SOFTS] = 0\n", ""),),
        "cases/c8",
        "freebsd",
    ),
    "softirq.softint_invariant": Look(
        (after("softirq", "        sq.pending[node - SOFTS] = 0\n", NODE),),
        (Edit("softirq", "        sq.pending[node - SOFTS] = 0\n", ""),),
        "cases/c8",
        "linux",
    ),
    "softint_2006.softint_invariant": Look(
        (after("softint_2006", "        q.head = si.si_next\n        si.si_pending = 0\n", "softint_invariant(si)"),),
        (Edit("softint_2006", "        q.head = si.si_next\n        si.si_pending = 0\n",
              "        q.head = si.si_next\n"),),
        "cases/c8",
        "netbsd-2006",
    ),
    "kernel_lock.biglock_invariant": Look(
        (after("kernel_lock", "    if left == 0:\n        biglock.word = 0\n", "biglock_invariant()"),),
        (Edit("kernel_lock", "    if left == 0:\n        biglock.word = 0\n",
              "    if left <= 1:\n        biglock.word = 0\n"),),
        "nested",
    ),
    "kernel_lock_2006.klock_invariant": Look(
        (after("kernel_lock_2006", "        klock.lk_cpu = 0\n        klock.lk_flags = 0\n", "klock_invariant()"),),
        (Edit("kernel_lock_2006", "        klock.lk_cpu = 0\n        klock.lk_flags = 0\n",
              "        klock.lk_flags = 0\n"),),
        "nested",
        "netbsd-2006",
    ),
    "ithread.ithread_invariant": Look(
        (after("ithread", "        ithread_clamp(ith.blocked & ~bit(level))\n", "ithread_invariant(level)"),),
        (Edit("ithread", "        ithread_clamp(ith.blocked & ~bit(level))\n",
              "        ithread_clamp(ith.blocked)\n"),),
        "cases/b5",
        "doran-2006",
    ),
    "ithread_pool.ithread_pool_invariant": Look(
        (after("ithread_pool", "        ithread_clamp(ith.blocked & ~bit(level))\n", "ithread_pool_invariant(level)"),),
        (Edit("ithread_pool", "    if waiting != 0:\n", "    if waiting < 0:\n"),),
        "cases/b5_again",
        "doran-2006:threads=2",
    ),
    "spl_deferred.spl_invariant": Look(
        (
            Edit(
                "spl_deferred",
                "    spllevel_check(level)\n    old = spl.ilevel\n    spl.ilevel = max(old, level)\n",
                f'    spllevel_check(level)\n    assert spl_invariant(), "{SAYS}"\n'
                "    old = spl.ilevel\n    spl.ilevel = max(old, level)\n",
            ),
        ),
        mutant("m1").edits,
        "section",
    ),
    "spl_flag.spl_invariant": Look(
        (
            Edit(
                "spl_flag",
                "    spllevel_check(level)\n    old = spl.ilevel\n    if level > old:\n",
                f'    spllevel_check(level)\n    assert spl_invariant(), "{SAYS}"\n'
                "    old = spl.ilevel\n    if level > old:\n",
            ),
        ),
        FLAG_TEST_FIRST,
        "soft_section_twice",
        "linux",
    ),
    "spl_threshold.spl_invariant": Look(
        (
            Edit(
                "spl_threshold",
                "    spllevel_check(level)\n    old = spl.ilevel\n    spl.ilevel = max(old, level)\n",
                f'    spllevel_check(level)\n    assert spl_invariant(), "{SAYS}"\n'
                "    old = spl.ilevel\n    spl.ilevel = max(old, level)\n",
            ),
        ),
        (Edit("spl_threshold", "    spl.waits = TOP\n", ""),),
        "softened",
        "netbsd-2006-deferred:family=threshold",
    ),
    "textbook_sched.textbook_invariant": Look(
        (
            Edit(
                "textbook_sched",
                "    textbook_request(rq, cpu, l, prio)\n\n\n@inline\ndef textbook_request",
                f'    textbook_request(rq, cpu, l, prio)\n    assert textbook_invariant(rq), "{SAYS}"\n\n\n'
                "@inline\ndef textbook_request",
            ),
        ),
        (Edit("textbook_sched", "    if prio > least:\n", "    if prio > least + 1000:\n"),),
        "cases/d1",
        "textbook:lock=inherit",
    ),
    "textbook_lock.textbook_lock_invariant": Look(
        (
            Edit(
                "textbook_lock",
                "        sleepq_remove(q, heir)\n",
                f'        sleepq_remove(q, heir)\n    assert textbook_lock_invariant(m), "{SAYS}"\n',
            ),
        ),
        (Edit("textbook_lock", "    heir = textbook_heir(m, q)\n", "    heir = at(Lwp, 0)\n"),),
        "cases/d1",
        "textbook:lock=inherit",
    ),
}  # fmt: skip
