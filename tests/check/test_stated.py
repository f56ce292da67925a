"""What mechanisms state of their words holds in every state of the kernels, and fails of each that is spoiled.

A mechanism is spoiled by a piece of its text replaced; the scenarios are the smallest in which that shows.
"""

from __future__ import annotations

import pytest
from tests.check.systems import HERE, system

from splx.check.loading import Bounds
from splx.check.properties import Answer
from splx.check.verdict import check
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.mutants import Edit, mutated

ONLY = ("invariants",)

#: invariant -> design, scenario, settings, mechanism, what stands there, what stands there instead
SPOILED = {
    "cv_always": ("netbsd-5", "lost_wakeup", {"CAREFUL": "1"}, "condvar", "    cv.cv_waiters += 1\n", ""),
    "sleepq_always": (
        "netbsd-2006", "busy", {"WHAT": "3"}, "sleepq",
        "    l.l_sleepq = q\n",
        "    l.l_sleepq = NULL\n",
    ),
    "sched_always": (
        "netbsd-5", "raced", {}, "switch",
        "        newl.l_mutex = rq.rq_lwplock  # last",
        "        pass  # last",
    ),
    "sched_bitmap": (
        "netbsd-5", "raced", {}, "sched",
        "    sleepq_unlink(q, l)\n    if q.sq_head is NULL:\n        rq.rq_bitmap &= ~bit(row)\n",
        "    sleepq_unlink(q, l)\n    if q.sq_head is NULL:\n        rq.rq_bitmap |= 0\n",
    ),
    "pool_always": ("netbsd-5", "busy", {"WHAT": "2"}, "pool", "    if item > 0:\n", "    if item >= 0:\n"),
    "workqueue_always": ("netbsd-5", "busy", {"WHAT": "1"}, "workqueue", "    wk.wk_queued = 1\n", ""),
    "softint_always": ("netbsd-5", "busy", {"WHAT": "0"}, "softint", "        sq.pending[node - SOFTS] = 0\n", ""),
    "softint_always/2006": (
        "netbsd-2006", "busy", {"WHAT": "0"}, "softint_2006",
        "        si.si_pending = 0\n",
        "",
    ),
    "biglock_always": (
        "netbsd-5", "big_handler", {}, "kernel_lock",
        "    if left == 0:\n        biglock.word = 0\n",
        "    if left == 1:\n        biglock.word = 0\n",
    ),
    "klock_always": (
        "netbsd-2006", "big_handler", {}, "kernel_lock_2006",
        "        klock.lk_cpu = 0\n",
        "        pass\n",
    ),
    "spl_always": (
        "netbsd-5", "section", {}, "spl_deferred",
        "        if cas_pair_local(spl.ilevel, spl.ipending, old, pending, level):\n            return\n",
        "        spl.ilevel = level\n        return\n",
    ),
    "spl_floor": (
        "netbsd-2006", "section", {}, "spl_eager",
        "    spl.ilevel = level\n    set_hw_level(mask_clamp(level))\n    return old\n",
        "    set_hw_level(mask_clamp(level))\n    return old\n",
    ),
    "park_always": ("netbsd-5", "busy", {"WHAT": "5"}, "park", "        l.l_wchan = 0\n", ""),
    "ithread_always": ("doran-2006", "section", {}, "ithread", "    l.l_switchto = NULL\n", ""),
    "ithread_pool_always": ("doran-2006:threads=2", "section", {}, "ithread_pool", "    l.l_switchto = NULL\n", ""),
    "mutex_spin_always": (
        "netbsd-5", "spinning", {}, "mutex_spin",
        "    m.word = 0\n    mutex_spin_restore()\n",
        "    mutex_spin_restore()\n    m.word = 0\n",
    ),
    "mutex_adaptive_always": (
        "netbsd-5", "busy", {"WHAT": "3"}, "mutex_adaptive",
        "    if m.word & MTX_WAITERS == 0:\n        turnstile_exit(m)\n        return\n",
        "    m.word = addr(owner)\n",
    ),
    "simplelock_always": (
        "netbsd-2006", "raced", {"HOW": "1"}, "simplelock_2006",
        "    s = m.saved\n    m.word = 0\n    splx(s)\n",
        "    splx(m.saved)\n    m.word = 0\n",
    ),
    "textbook_lock_always": (
        "textbook", "busy", {"WHAT": "3"}, "textbook_lock",
        "    textbook_settle(l)\n    if heir is not NULL:\n        sleepq_remove(q, heir)\n",
        "    textbook_settle(l)\n    m.word = 0\n",
    ),
    "textbook_always": (
        "textbook", "busy", {"WHAT": "3"}, "textbook_sched",
        "    rq.rq_bitmap |= bit(row)\n",
        "    rq.rq_bitmap |= bit(row)\n    l.l_stat = LSSLEEP\n",
    ),
    "switch_always": (
        "netbsd-5", "raced", {}, "switch",
        "    set_curlwp(newl)\n    switch_to(newl.l_ctx)\n",
        "    ci.curlwp = newl\n    switch_to(newl.l_ctx)\n",
    ),
    "preempt_always": (
        "netbsd-5", "busy", {"WHAT": "3"}, "preempt",
        "    fetch_add_local(ci.curlwp.l_nopreempt, 1)\n",
        "    fetch_add_local(ci.curlwp.l_nopreempt, 0)\n",
    ),
    "turnstile_always": ("netbsd-5", "busy", {"WHAT": "4"}, "turnstile", "    ts.ts_inheritor = NULL\n", ""),
}  # fmt: skip


def spoiled(name, scenario, settings, edits=()):
    return build(load_scenario(HERE / f"{scenario}.py", settings), mutated(design(name), edits))


@pytest.mark.parametrize("name", SPOILED)
def test_an_invariant_fails_of_a_mechanism_that_is_spoiled(name):
    kernel, scenario, settings, mechanism, old, new = SPOILED[name]
    made = spoiled(kernel, scenario, settings, [Edit(mechanism, old, new)])
    bounds = Bounds(budgets={each.name: 1 for each in made.devices}, states=120_000)
    found = check(made, bounds, only=ONLY).finding
    assert found is not None
    assert found.code == "R0021"
    assert f"the invariant `{name.partition('/')[0]}" in found.why


@pytest.mark.parametrize("kernel", ["netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5", "textbook"])
@pytest.mark.parametrize("scenario", ["asleep", "section", *(f"busy {what}" for what in range(6))])
def test_every_invariant_of_a_kernel_holds(kernel, scenario):
    name, _, what = scenario.partition(" ")
    made = spoiled(kernel, name, {"WHAT": what} if what else {})
    found = check(made, Bounds(budgets={each.name: 1 for each in made.devices}), only=ONLY)
    assert (found.answers["invariants"], found.finding) == (Answer.HOLDS, None)


@pytest.mark.parametrize("scenario", ["lent_twice", "in_turn_twice"])
def test_who_waits_for_a_lock_of_windows_is_in_order_of_arrival_whatever_its_priority(scenario):
    assert check(spoiled("windows", scenario, {}), Bounds(fuse=True), only=ONLY).finding is None


@pytest.mark.parametrize("family", ["threshold", "stop"])
def test_an_edge_that_is_logged_waits_until_who_lowers_the_level_has_looked(family):
    made = spoiled(f"netbsd-2006-deferred:family={family}", "edges", {})
    assert check(made, Bounds(budgets={"nic": 1})).holds


def test_what_follows_from_a_broken_invariant_is_told_first():
    found = check(system("section", mutants=("m1",)))
    assert found.finding.code == "R0005"
    assert found.answers["invariants"] is Answer.FOUND


def test_a_mechanism_of_the_users_does_not_have_to_keep_what_ours_states():
    plain = {each.name for each in system("section").complete().properties.each}
    without = spoiled("netbsd-5", "section", {}, [Edit("spl_deferred", "@invariant()\n", "")]).complete()
    assert plain - {each.name for each in without.properties.each} == {"spl_floor"}


def test_who_was_late_for_an_event_may_wait_for_it_again():
    assert check(system("late_and_again", "linux")).holds


def test_what_is_said_of_the_thread_of_a_line_is_said_on_its_cpu():
    """Another CPU looks while that one takes the interrupt."""
    seen = check(system("storms", "dragonfly", WHO=2), Bounds(fuse=False, states=2000), only=ONLY)
    assert seen.finding is None
