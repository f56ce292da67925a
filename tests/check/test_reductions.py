"""Steps joined to the one before them: fewer states, the same verdict, the same states in which nothing moves."""

from __future__ import annotations

import pytest

from bench.models.philosophers import philosophers
from bench.models.spin_lock import m2
from bench.models.tiny_kernel import CALM, JOINS, m4
from splx.check.checker import Checker
from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.check.verify import verify

FUSED = Bounds(coupled=True, joins=JOINS, calm=CALM)


def test_m4_with_padding_is_a_tenth():
    checker = Checker(m4(0, 3), FUSED)
    checker.explore()
    assert (checker.counts.states, checker.counts.edges) == (140_916, 371_516)  # of 1,376,481 and 3,326,804


@pytest.mark.parametrize(("bug", "dead"), [(0, 0), (1, 0), (2, 524)])
def test_m4_has_the_same_dead_states(bug, dead):
    found = verify(m4(bug), FUSED)
    assert found.agrees
    assert found.reduced.dead == found.full.dead == dead
    assert found.reduced.states * 3 < found.full.states


@pytest.mark.parametrize("bug", [0, 1, 2])
def test_m4_has_the_same_verdict(bug):
    fused, full = check(m4(bug), FUSED), check(m4(bug), Bounds(coupled=True))
    assert fused.holds == full.holds == (bug == 0)
    assert getattr(fused.finding, "code", "") == getattr(full.finding, "code", "")


def test_a_release_that_always_joins_hides_deadlocks():
    """Textbooks call it a left mover. Here an interrupt can wedge while the lock is still held."""
    found = verify(m4(2), Bounds(coupled=True, joins=JOINS + CALM))
    assert not found.agrees
    assert (found.full.dead, found.reduced.dead) == (524, 308)
    assert len(found.lost) == 524 - 308


def test_a_step_that_others_wait_for_may_not_join():
    """Of two forks only the second is ever seen in a hand."""
    found = verify(philosophers(3, alike=True), Bounds(joins=("take",)))
    assert not found.agrees
    assert (found.full.dead, found.reduced.dead) == (1, 0)


@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize("bounds", [Bounds(coupled=True), Bounds(coupled=True, tso=True)])
def test_moves_are_the_same_whether_they_are_made_again_or_remembered(memo, bounds):
    found = []
    for each in (memo, not memo):
        checker = Checker(m2(0), Bounds(coupled=True, tso=bounds.tso, memo=each))
        checker.explore()
        rows = [checker.contents(state) for state in range(checker.counts.states)]
        found.append((checker.counts, rows, list(checker.came[: len(rows)])))
        assert checker.s.strange == 0
    assert found[0] == found[1]
