"""Steps over words that nobody else can look at are fused: fewer states, and nothing that can go wrong is lost."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.check.scripts import ALL, GIVE, LENGTH, MINE, OPERATIONS, SAME, TAKE, UNDER, scripted
from tests.check.systems import system

from splx.check.driving import search
from splx.check.loading import Bounds
from splx.check.path import make_ready, perform
from splx.check.verdict import check
from splx.check.verify import searched_through, verify
from splx.stage.stage import Stage

NO_ARRIVALS = {"irq/0": 0, "irq/1": 0}
ONE_ARRIVAL = {"irq/0": 1, "irq/1": 1}
NOTHING = [MINE] * LENGTH


def counts(operations, budgets, **bounds):
    found = []
    for fuse in (False, True):
        checker, want = searched_through(scripted(operations), Bounds(budgets=budgets, fuse=fuse, **bounds))
        assert want is None
        found.append(checker.counts)
    return found


def test_what_only_its_own_thread_uses_ends_no_step():
    """Two threads that count for themselves. Step by step each stands in 12 places: before each look at the script,
    each load and each store, three times; before it enables interrupts, before it halts, and halted. Fused, in 4.
    """
    full, fused = counts(NOTHING * 4, NO_ARRIVALS)
    assert (full.states, fused.states) == (12**2, 4**2)
    assert full.dead == fused.dead == 1


def test_what_a_lock_guards_ends_no_step():
    """Only taking the lock and giving it back do."""
    section = [TAKE, UNDER, GIVE]
    full, fused = counts([*section, *NOTHING, *section, *NOTHING], NO_ARRIVALS)
    assert (full.states, fused.states) == (115, 43)
    assert full.dead == fused.dead == 1


def test_without_the_lock_every_step_is_seen():
    full, fused = counts([ALL, ALL, ALL, *NOTHING, ALL, ALL, ALL, *NOTHING], NO_ARRIVALS)
    assert full.states > fused.states
    assert full.dead == fused.dead == 5  # sums that are left: 2 to 6


def test_a_lock_that_somebody_else_gives_back_guards_nothing():
    """CPU 1 gives back what CPU 0 has taken, takes it itself, and looks between the two updates of CPU 0."""
    script = [TAKE, UNDER, GIVE, *NOTHING, GIVE, TAKE, SAME, *NOTHING]
    for fuse in (False, True):
        found = check(scripted(script), Bounds(budgets=NO_ARRIVALS, fuse=fuse)).finding
        assert "between two updates" in found.why


def test_a_handler_looks_where_its_thread_holds_the_lock():
    script = [TAKE, UNDER, GIVE, SAME, SAME, SAME, *NOTHING, *NOTHING]
    for fuse in (False, True):
        found = check(scripted(script), Bounds(budgets=ONE_ARRIVAL, fuse=fuse), only=("rules",)).finding
        assert "between two updates" in found.why


@pytest.mark.parametrize("tso", [False, True])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(0, len(OPERATIONS) - 1), min_size=4 * LENGTH, max_size=4 * LENGTH),
    st.sampled_from([NO_ARRIVALS, {"irq/0": 1, "irq/1": 0}]),
)
def test_right_or_wrong_the_answer_is_the_same(tso, operations, budgets):
    """A rule that is broken, somebody who is stuck, the states in which all has come to rest: found with and without.

    Where somebody is stuck, others may be cut short within a fused step: the dead states of the fused search are some
    of those of the full one, and there are any if there are.
    """
    bounds = Bounds(budgets=budgets, tso=tso, fuse=True)
    built = scripted(operations)
    found = verify(built, bounds)
    assert found.same_finding
    assert not found.invented
    assert bool(found.full.dead) == bool(found.reduced.dead)
    verdicts = [check(built, Bounds(budgets=budgets, tso=tso, fuse=fuse)) for fuse in (False, True)]
    full, fused = (verdict.answers for verdict in verdicts)
    assert fused == full
    assert fused_cost(verdicts[1]) <= fused_cost(verdicts[0])


def fused_cost(verdict):
    return verdict.finding.cost if verdict.finding else 0


KERNELS = ["netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5", "textbook"]


@pytest.mark.parametrize("tso", [False, True])
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("name", ["asleep", "section"])
def test_kernels_come_to_rest_in_the_same_states(name, kernel, tso):
    built = system(name, kernel)
    found = verify(built, Bounds(tso=tso, budgets={each.name: 1 for each in built.devices}, fuse=True))
    assert found.agrees
    assert found.reduced.states * 2 < found.full.states


@pytest.mark.parametrize("tso", [False, True])
def test_a_story_is_told_in_steps_that_are_not_fused(tso):
    """It is performed on the machine as any other, has the same cost, and ends in the same line."""
    built = system("counter", "netbsd-5")
    full, fused = (check(built, Bounds(fuse=fuse, tso=tso)).finding for fuse in (False, True))
    assert (fused.code, fused.why, fused.cost) == (full.code, full.why, full.cost)
    stage, klass = Stage(built), searched_through(built, Bounds(states=1, tso=tso))[0].klass
    make_ready(stage, klass)
    for move in fused.moves:
        assert not stage.stopped
        perform(stage, move, klass, tso=tso)
    assert stage.stopped


@pytest.mark.parametrize("tso", [False, True])
def test_compiled_and_plain_fuse_the_same(tso):
    script = [TAKE, UNDER, GIVE, *NOTHING, TAKE, SAME, ALL, *NOTHING]
    found = []
    for engine in ("native", "plain"):
        checker, want = searched_through(scripted(script), Bounds(budgets=NO_ARRIVALS, fuse=True, tso=tso), engine)
        found.append((want, checker.counts, checker.hands))
    assert found[0] == found[1]


def test_a_search_whose_guess_is_wrong_seldom_begins_anew(monkeypatch):
    """Each time it has come at least twice as far, for it goes on a while to learn what else is wrong."""
    came_to = []

    def noted(checker, *rest, **more):
        end = search(checker, *rest, **more)
        came_to.append(checker.s.next)
        return end

    monkeypatch.setattr("splx.check.verdict.search", noted)
    assert check(system("two_owners"), Bounds(fuse=True)).holds
    *early, last = came_to
    assert len(early) >= 2
    assert all(after >= 2 * before for before, after in itertools.pairwise(early[:-1]))
    assert last >= early[-1] // 2


@pytest.mark.parametrize(
    ("name", "states", "each"), [("called_by_ksoftirqd", 100, 1), ("disables_a_tasklet", 5000, 211)]
)
def test_every_store_of_a_larger_step_becomes_visible_in_the_moves_that_it_is_told_in(name, states, each):
    built = system(name, "linux-rt")
    checker, _ = searched_through(built, Bounds(tso=True, fuse=True, states=states))
    for state in range(0, checker.s.n_states, each):
        stage = Stage(built)
        make_ready(stage, checker.klass)
        for move in checker.moves_to(state):
            perform(stage, move, checker.klass, tso=True)
        checker.show(state)
        assert [len(each) for each in stage.kept()] == [checker.s.buffered[cpu] for cpu in range(built.cpus)]
