"""A search by cost: the runs with the fewest CPU switches and arrivals first, and an answer only if all was seen."""

from array import array
from dataclasses import replace
from types import SimpleNamespace

import pytest
from tests.check.systems import system

from bench.models.philosophers import philosophers
from splx.base.diagnostics import SplxError
from splx.check.checker import Checker
from splx.check.groups import groups_of
from splx.check.limits import LEAST, End, Limits, limits_for
from splx.check.loading import Bounds
from splx.check.nodes import fate, meets
from splx.check.properties import Answer
from splx.check.search import Want
from splx.check.stuck import tell_groups
from splx.check.verdict import check
from splx.check.within import who_can_move

QUIET = Bounds(budgets={"tick": 0})
FAR = Limits(cost=99)


def up_to(cost):
    return Limits(cost=cost)


@pytest.mark.parametrize(
    ("name", "bounds", "settings"),
    [
        ("counter", Bounds(), {"HOW": 0}),
        ("dekker", Bounds(tso=True), {"FENCE": 0}),
        ("balance", Bounds(), {"CAREFUL": 0}),
        ("raced", Bounds(), {"HOW": 0}),
    ],
)
def test_what_it_finds_is_what_the_search_by_moves_finds_and_tells_most_cheaply(name, bounds, settings):
    built = system(name, **settings)
    found, other = check(built, bounds, limits=FAR).finding, check(built, bounds).finding
    assert (found.code, found.cost) == (other.code, other.cost)
    assert len(found.moves) == len(other.moves)


def test_every_node_of_a_word_has_its_fate_as_plain_python_too():
    search = SimpleNamespace(fates=array("q", [0]))
    for fate_ in (3, 2, 1, 0, 3):
        for node in range(32):
            meets(search, node, fate_)
            assert fate(search, node) == fate_
    assert [fate(search, node) for node in range(32)] == [3] * 32


def test_a_standstill_is_found_without_the_graph():
    found = check(system("lost_wakeup", CAREFUL=0), limits=FAR)
    assert (found.finding.code, found.finding.cost, found.complete) == ("R0002", 2, False)
    assert [(each.group.name, each.how) for each in found.finding.stuck] == [("taker", "sleeps")]
    assert (found.answers["standstill"], found.answers["asleep"]) == (Answer.FOUND, Answer.OPEN)


def test_below_the_cost_of_the_bug_nothing_is_found_and_nothing_decided():
    found = check(system("lost_wakeup", CAREFUL=0), limits=up_to(1))
    assert (found.finding, found.complete, found.end, found.through) == (None, False, End.COST, 1)
    assert set(found.answers.values()) == {Answer.OPEN}


def test_where_there_is_nothing_left_it_is_the_search_of_all_states():
    built = system("crossed", ORDER=1)
    by_cost, by_moves = check(built, QUIET, limits=FAR), check(built, QUIET)
    assert by_cost.complete
    assert replace(by_cost.counts, depth=0) == replace(by_moves.counts, depth=0)
    assert by_cost.answers == by_moves.answers
    assert (by_cost.finding.code, by_cost.finding.cost) == (by_moves.finding.code, by_moves.finding.cost)


def test_each_cost_sees_more_states():
    built = system("crossed", ORDER=2)
    states = [check(built, QUIET, limits=up_to(cost)).counts.states for cost in range(3)]
    assert states == sorted(set(states))


def test_only_what_is_within_the_cost_is_seen_and_it_is_known_whether_that_is_all():
    alone = 1 + 3 * 3  # each of three philosophers by himself: three states beside the first
    found = [check(philosophers(3), limits=up_to(cost)) for cost in range(4)]
    assert [each.counts.states for each in found] == [alone, 25, 27, 27]
    assert [each.complete for each in found] == [False, False, True, True]


def test_the_cost_at_which_memory_ends_becomes_the_last_and_is_seen_through():
    """As if no more had been asked for, but that it ended for memory."""
    built = system("crossed", ORDER=2)
    found = check(built, limits=Limits(memory=LEAST, cost=99))
    assert (found.complete, found.end) == (False, End.MEMORY)
    assert found.memory <= LEAST
    again = check(built, limits=up_to(found.through))
    assert (again.end, again.through, again.answers) == (End.COST, found.through, found.answers)
    assert again.counts.states < found.counts.states  # some of them more than once


def test_what_is_wrong_at_that_cost_is_found_then():
    built = system("lost_wakeup", CAREFUL=0)
    found, whole = (check(built, limits=Limits(memory=memory, cost=99)) for memory in (17_600_000, 0))
    stories = [(each.finding.code, each.finding.cost, each.through) for each in (found, whole)]
    assert stories == [("R0002", 2, 1)] * 2
    assert found.counts.states > whole.counts.states


def test_a_cost_that_memory_ends_even_in_parts_was_not_seen_through():
    found = check(system("lost_wakeup", CAREFUL=0), limits=Limits(memory=13_000_000, cost=99))
    assert (found.complete, found.end, found.through) == (False, End.MEMORY, -1)


def test_where_memory_ends_within_the_last_cost_parts_of_it_are_forgotten_and_all_is_seen():
    built = system("lost_wakeup", CAREFUL=0)
    little, enough = check(built, limits=Limits(memory=15_000_000, cost=1)), check(built, limits=up_to(1))
    assert enough.memory > 15_000_000 >= little.memory
    assert (little.end, little.through) == (enough.end, enough.through) == (End.COST, 1)
    assert little.counts.states > enough.counts.states  # some more than once


def test_it_is_stopped_as_any_search():
    found = check(system("crossed", ORDER=2), limits=FAR, stopped=lambda: True)
    assert (found.complete, found.end, found.finding) == (False, End.ASKED, None)


def test_it_gives_up_after_so_many_states_as_any_search():
    found = check(system("lost_wakeup", CAREFUL=1), Bounds(states=5_000), limits=FAR)  # it has 240,704
    assert (found.complete, found.end, found.finding) == (False, End.STATES, None)
    assert 5_000 <= found.counts.states < 10_000


def test_a_cost_beyond_all_is_as_far_as_there_is_anything():
    assert check(system("crossed", ORDER=1), QUIET, limits=limits_for(cost=10**30)).complete


def test_a_cost_that_cannot_be_is_refused():
    with pytest.raises(SplxError, match="S0604"):
        limits_for(cost=-1)


def test_a_circle_of_locks_that_closes_within_the_cost_is_told_as_the_deadlock_that_it_is():
    made = system("orders", "textbook", HOW=-1)  # CLOSES
    wanted = ("order", "stuck")
    found = check(made, Bounds(fuse=True), only=wanted, limits=Limits(cost=2))
    assert (found.finding.code, found.finding.cost, found.answers["order"]) == ("R0003", 2, Answer.FOUND)
    assert found.finding.graph.circle
    early = check(made, Bounds(fuse=True), only=wanted, limits=Limits(cost=1))
    assert (early.finding.code, early.answers["stuck"]) == ("R0037", Answer.OPEN)


def test_who_can_move_is_not_known_behind_a_state_where_a_rule_is_broken():
    """The first CPU breaks one with its next step, so that the other CPU's moves are not looked at."""
    built = system("breaks_after_work")
    checker, groups = Checker(built, QUIET), groups_of(built)
    tell_groups(checker, groups)
    assert checker.explore() is Want.FINDING
    assert who_can_move(checker, checker.s.fail_state, 0, 50_000)[0] is None
