"""C1: a release without a locked operation is right, and what of it can be left out under which memory.

What illumos says of its own in a comment: each of the five is needed. On a machine that keeps loads in order, four.
"""

import pytest

from bench.models.mutex_exit import GUARDS, mutex_exit_model
from splx.check.checker import Checker
from splx.check.loading import Bounds
from splx.check.search import Want
from splx.check.verdict import check

NEEDED = {"sc": {"RESTART", "RECHECK"}, "tso": {"RESTART", "RECHECK", "WAITER_FENCE", "RESUME_FENCE"}}
WAITER, CPU = 2, 1


@pytest.mark.parametrize("memory", NEEDED)
def test_with_all_its_guards_no_wakeup_is_lost(memory):
    assert check(mutex_exit_model(), Bounds(tso=memory == "tso")).holds


@pytest.mark.parametrize("memory", NEEDED)
@pytest.mark.parametrize("guard", GUARDS)
def test_without_one_of_them_the_waiter_sleeps_for_ever_if_it_is_needed(memory, guard):
    verdict = check(mutex_exit_model(guard), Bounds(tso=memory == "tso"))
    if guard in NEEDED[memory]:
        assert verdict.finding.why.startswith("waiter spins on chain.asleep for ever")
    else:
        assert verdict.holds


def test_under_sequential_consistency_no_fence_makes_a_difference():
    every = check(mutex_exit_model()).counts
    assert [check(mutex_exit_model(each)).counts for each in GUARDS if each.endswith("FENCE")] == [every] * 3


def test_with_store_buffers_the_load_fence_never_waits():
    # It comes right behind a fence: the waiter has stored nothing since, so there is nothing to wait for. Nor do loads
    # of this machine overtake one another. So it is the same program with and without.
    system = mutex_exit_model()
    fences = [pc for pc, insn in enumerate(system.image.insns) if insn.op == "FENCE"]
    (block,) = [each for each in system.image.functions if each.name == "waiter"]
    first, second = [pc for pc in fences if block.start <= pc < block.end]
    checker = Checker(system, Bounds(tso=True))
    assert checker.explore() is Want.NOTHING
    waits = {first: set(), second: set()}
    for state in range(checker.counts.states):
        checker.show(state)
        at = checker.s.machine.state.pc[WAITER]
        if at in waits:
            waits[at].add(checker.s.buffered[CPU])
    assert max(waits[first]) > 0
    assert waits[second] == {0}
