"""A story comes to what it tells, or it is a mistake of ours: also where every instruction is a step."""

import pytest
from tests.check.systems import system

from splx.check.checker import Checker
from splx.check.groups import groups_of
from splx.check.happens import UntrueError, breaks, comes_to
from splx.check.loading import Bounds
from splx.check.named import named
from splx.check.room import Interrupted
from splx.check.story import story_of
from splx.check.verdict import check
from splx.machine.constants import Finding as Rule
from splx.report.check import diagnostic_of
from splx.stage.stage import Stage


def _told(verdict):
    return [line.partition("  --")[0].strip() for line in story_of(verdict).splitlines()]


@pytest.mark.parametrize(
    ("how", "last"),
    [
        (0, ["reads box.open_: 1", "stops: drawn != 2"]),
        (1, ["reads box.open_: 1", "cas_local box.n := 3", "reads box.n: 3", "stops: box.n != 3"]),
    ],
)
def test_what_an_interrupted_context_computes_happens_in_the_story_of_single_steps(how, last):
    """The search has it done while the context is interrupted: nobody can tell when it happens."""
    assert _told(check(system("computed", HOW=how), Bounds(single=True), only=("rules",)))[-len(last) :] == last


def test_what_an_assertion_says_stands_on_one_line():
    verdict = check(system("says_it_in_two_lines"), only=("rules",))
    assert verdict.finding.why == "it is empty ::error::and more, in looks"
    assert _told(verdict)[-1] == "stops: it is empty ::error::and more"


def test_a_thread_that_no_cpu_has_run_begins_in_the_story_when_one_does():
    told = _told(check(system("computed"), Bounds(single=True), only=("rules",)))
    assert told.index("one(0)") < told.index("reads box.open_: 1")
    assert told.count("one(0)") == 1


def test_a_race_whose_first_access_breaks_a_rule_ends_there():
    found = check(system("raced_and_broken"), only=("races",))
    assert "one writes it (raced_and_broken.py:16) while two writes it" in found.finding.why
    assert _told(found)[-2:] == ["box.n := 1", "stops: number == 0"]


def test_moves_that_break_no_rule_are_no_story_of_one():
    built = system("computed")
    found = check(built, only=("rules",))
    given = built, found.bounds, groups_of(built)
    named(*given, found.finding.moves, Rule.ASSERT)
    for moves, rule in ((found.finding.moves[:-1], Rule.ASSERT), (found.finding.moves, Rule.PANIC)):
        with pytest.raises(UntrueError):
            named(*given, moves, rule)


def test_a_rule_that_only_a_search_knows_to_be_broken_is_not_asked_of_the_machine():
    breaks(Stage(system("computed")), Rule.IN_FLIGHT)


def test_moves_that_lead_elsewhere_than_the_search_has_been_are_no_story():
    checker = Checker(system("computed"), Bounds())
    checker.explore()
    state = checker.counts.states - 1
    checker.show(state)
    moves = checker.moves_to(state)
    comes_to(checker, moves)
    with pytest.raises(UntrueError, match="elsewhere"):
        comes_to(checker, moves[:-1])


@pytest.mark.parametrize("bounds", [Bounds(tso=True, fuse=True), Bounds(tso=True), Bounds(fuse=True)])
def test_a_store_that_nobody_looks_at_waits_for_ever_where_its_step_breaks_a_rule(bounds):
    verdict = check(system("stored_unseen", "linux"), bounds)
    assert (verdict.finding.code, verdict.finding.cost) == ("R0001", 1)
    assert _told(verdict)[-1] == "stops: n == 0"


@pytest.mark.parametrize("bounds", [Bounds(fuse=True), Bounds(fuse=True, tso=True), Bounds(), Bounds(single=True)])
def test_what_a_property_reads_is_judged_before_the_step_that_wrote_it_breaks_a_rule(bounds):
    found = check(system("stored_unseen", "linux", SAID=1), bounds, only=("said",)).finding
    assert found.why.startswith("`it_is_set` is never to be true, and is: box.n is 1")


def test_what_is_learned_while_the_cheapest_way_is_looked_for_makes_no_story_of_what_cannot_happen():
    """On that way one CPU uses a word that was another's until then: the search begins again."""
    verdict = check(system("stored_before"), Bounds(tso=True, fuse=True))
    assert verdict.finding.why == "`both` is never to be true, and is: box.x is 1, box.y is 1 (stored_before.py:17)"
    assert (verdict.finding.cost, verdict.finding.cheapest) == (1, True)


def test_a_way_of_which_nobody_knows_whether_it_is_the_cheapest_is_told_to_be_one(monkeypatch):
    def ended(self, goal, most_cost=0, **how):
        raise Interrupted

    monkeypatch.setattr(Checker, "cheapest", ended)
    verdict = check(system("stored_before"), Bounds(tso=True, fuse=True))
    assert not verdict.finding.cheapest
    assert "perhaps not the fewest" in "\n".join(diagnostic_of(verdict).notes)
