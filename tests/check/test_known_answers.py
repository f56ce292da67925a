"""State counts that can be derived otherwise: by hand, by another checker, or by the model's own definition."""

from __future__ import annotations

import pytest

from bench.models.adaptive import m3
from bench.models.peterson import filter_lock, peterson
from bench.models.philosophers import philosophers
from bench.models.readers import readers_and_writers
from bench.models.spin_lock import m2
from bench.models.tiny_kernel import m4
from splx.check.checker import Checker, Counts
from splx.check.loading import Bounds
from splx.check.search import Want

COUPLED = Bounds(coupled=True)


def counts(system, bounds=None, engine="native"):
    checker = Checker(system, bounds, engine)
    assert checker.explore() is Want.NOTHING
    return checker.counts


@pytest.mark.parametrize("n", [2, 5, 12])
def test_philosophers_one_of_whom_is_left_handed_have_3_to_the_n_states(n):
    found = counts(philosophers(n))
    assert (found.states, found.dead) == (3**n, 0)


@pytest.mark.parametrize("n", [2, 5, 8])
def test_philosophers_who_are_alike_have_one_state_less_and_one_in_which_all_starve(n):
    found = counts(philosophers(n, alike=True))
    assert (found.states, found.dead) == (3**n - 1, 1)


@pytest.mark.parametrize(("readers", "writers"), [(1, 1), (3, 2), (6, 3)])
def test_any_set_of_readers_or_one_writer_is_inside(readers, writers):
    # A set of readers: one edge for each that goes in or out; none inside: one more for each writer. A writer inside:
    # the way out alone.
    states = 2**readers + writers
    edges = readers * 2**readers + 2 * writers
    assert counts(readers_and_writers(readers, writers)) == Counts(states, edges, 0, max(readers, 1))


@pytest.mark.parametrize(
    ("n", "states", "edges"),
    [(2, 266, 540), (3, 22_363, 69_195), (4, 2_909_301, 12_107_075)],
)
def test_the_filter_lock_by_statements_has_the_states_that_spin_counts(n, states, edges):
    # SPIN without reduction: 266, 22,363 and 2,909,301.
    found = counts(filter_lock(n))
    assert (found.states, found.edges, found.dead) == (states, edges, 0)


def test_peterson_by_loads_and_stores_keeps_two_apart():
    assert counts(peterson(2)).dead == 0


@pytest.mark.parametrize(
    ("variant", "states", "edges", "dead"),
    [(0, 228, 448, 16), (1, 105, 204, 0), (2, 96, 180, 2), (3, 245, 490, 6)],
)
def test_m2_has_the_states_that_spin_counts(variant, states, edges, dead):
    # SPIN: 229, 106, 97, 246 states, one more, before its processes are started; the same errors.
    found = counts(m2(variant), COUPLED)
    assert (found.states, found.edges, found.dead) == (states, edges, dead)
    # A clock that ticks beside it doubles the states, and nothing is ever dead.
    found = counts(m2(variant, tick=True), COUPLED)
    assert (found.states, found.dead) == (2 * states, 0)


@pytest.mark.parametrize(
    ("variant", "states", "edges", "dead"),
    [(0, 31_407, 85_010, 19), (1, 20_447, 56_832, 1), (2, 28_675, 78_146, 19)],
)
def test_m3_has_the_states_that_spin_counts(variant, states, edges, dead):
    # SPIN: the same states, one more transition; 18 errors, since it does not count the end of all as one.
    found = counts(m3(variant))
    assert (found.states, found.edges, found.dead) == (states, edges, dead)


@pytest.mark.parametrize(
    ("bug", "pad", "states", "edges", "dead"),
    [
        (0, 0, 399_759, 962_612, 0),
        (0, 3, 1_376_481, 3_326_804, 0),
        (1, 0, 396_047, 953_676, 0),
        (2, 0, 323_769, 778_404, 524),
    ],
)
def test_m4_has_the_states_of_its_definition(bug, pad, states, edges, dead):
    found = counts(m4(bug, pad), COUPLED)
    assert (found.states, found.edges, found.dead) == (states, edges, dead)


def test_of_a_hundred_moves_of_m4_the_machine_makes_one_at_most_and_the_others_are_recalled():
    """A move is recalled where what it looked at is the same: one that looks at all is made in every state."""
    checker = Checker(m4(0, 3), COUPLED)
    checker.explore()
    assert checker.s.made * 100 < checker.counts.edges


@pytest.mark.parametrize(
    ("system", "bounds"),
    [
        (philosophers(4), None),
        (philosophers(4, alike=True), None),
        (peterson(2), None),
        (filter_lock(2), None),
        (readers_and_writers(2, 1), None),
        (m2(0), COUPLED),
        (m2(1, tick=True), COUPLED),
    ],
    ids=["philosophers", "alike", "peterson", "filter", "readers", "m2", "m2 with a clock"],
)
def test_the_plain_engine_counts_the_same(system, bounds):
    assert counts(system, bounds, "plain") == counts(system, bounds)
