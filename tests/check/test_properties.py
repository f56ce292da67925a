"""What is looked for, and what a search says of each: found, holds, not decided."""

import pytest
from tests.check.systems import system

from splx.base.diagnostics import SplxError
from splx.check import codes, properties
from splx.check.limits import End, Limits
from splx.check.loading import Bounds
from splx.check.properties import Answer, Stage
from splx.check.verdict import check
from splx.report.check import seen

FOUND, HOLDS, OPEN = Answer.FOUND, Answer.HOLDS, Answer.OPEN
QUIET = Bounds(budgets={"tick": 0})


def answers(name, *only, bounds=None, **settings):
    return check(system(name, **settings), bounds or Bounds(), only=only).answers


def test_a_lost_wakeup_is_a_sleep_and_in_the_end_a_standstill():
    found = answers("lost_wakeup", CAREFUL=0)
    assert (
        found.items()
        >= {"rules": HOLDS, "standstill": FOUND, "stuck": HOLDS, "asleep": FOUND, "unheard": HOLDS}.items()
    )


def test_beside_a_clock_it_is_no_standstill():
    assert answers("asleep", WOKEN=0)["standstill"] is HOLDS
    assert answers("asleep", WOKEN=0)["asleep"] is FOUND


def test_spinning_is_no_sleep():
    found = answers("crossed", bounds=QUIET, ORDER=1)
    assert (found["stuck"], found["asleep"]) == (FOUND, HOLDS)


def test_a_broken_rule_ends_the_search_before_the_graph_is_judged():
    found = answers("counter", HOW=0)
    assert found == {each: FOUND if each == "rules" else OPEN for each in found}


def test_a_rule_that_nobody_asked_for_ends_runs_and_not_the_search_which_then_is_not_all():
    verdict = check(system("hidden", SLEEPS=0), only=("asleep",))
    assert (verdict.answers, verdict.end, verdict.holds) == ({"asleep": OPEN}, End.CUT, False)
    assert verdict.cut == "in taker (hidden.py:25)"
    assert "runs ended where a rule is broken" in seen(verdict)
    assert check(system("hidden", FULL=7, SLEEPS=0), only=("asleep",)).holds


def test_what_is_found_in_another_run_is_found():
    verdict = check(system("hidden", FULL=0, SLEEPS=1), only=("asleep", "unheard"))
    assert verdict.answers == {"asleep": FOUND, "unheard": OPEN}
    assert not verdict.complete


@pytest.mark.parametrize("jobs", [1, 2])
def test_so_it_is_in_a_search_by_cost(jobs):
    verdict = check(system("hidden", SLEEPS=0, CPU=1), only=("asleep",), limits=Limits(cost=5, jobs=jobs))
    assert (verdict.answers, verdict.end) == ({"asleep": OPEN}, End.CUT)


def test_nothing_is_decided_by_a_search_that_is_stopped():
    assert set(answers("crossed", bounds=Bounds(states=100), ORDER=2).values()) == {OPEN}


@pytest.mark.parametrize(("name", "code"), [("asleep", "R0004"), ("standstill", "R0002")])
def test_the_story_told_is_that_of_the_property_asked_for(name, code):
    finding = check(system("lost_wakeup", CAREFUL=0), only=(name,)).finding
    assert finding.code == code


@pytest.mark.parametrize(("name", "parts"), [("starvation", {"stuck", "unheard"}), ("inversion", {"stuck", "asleep"})])
def test_who_can_never_go_on_is_looked_for_with_who_does_not(name, parts):
    assert {each.name for each in properties.named((name,))} == {name, *parts}


def test_without_a_property_of_the_graph_there_is_no_graph():
    assert [each.stage for each in properties.named(("rules",))] == [Stage.STEPS]
    verdict = check(system("lost_wakeup", CAREFUL=0), only=("rules",))
    assert verdict.holds
    assert verdict.answers == {"rules": HOLDS}


def test_a_finding_has_the_users_own_line():
    assert check(system("counter", HOW=0)).finding.place.line == 27  # the assertion
    assert check(system("asleep", WOKEN=0)).finding.place.line == 23  # cv_wait


def test_an_unknown_name_is_refused_with_those_that_there_are():
    with pytest.raises(SplxError, match=r"S0603.*`deadlock`[\s\S]*rules, [\s\S]*standstill, stuck, asleep, unheard"):
        check(system("asleep"), only=("deadlock",))


def test_every_code_of_a_finding_has_its_property():
    named = {each.code for each in properties.properties()}
    there = {value for value in vars(codes).values() if isinstance(value, str) and value.startswith("R0")}
    assert named == there


def test_a_name_or_code_is_taken_once():
    with pytest.raises(ValueError, match="is there"):
        properties.prop("rules", "again", "R0999", Stage.STEPS)
    with pytest.raises(ValueError, match="is there"):
        properties.prop("again", "again", codes.RULE, Stage.STEPS)


def test_the_cheapest_way_to_what_is_not_to_be_is_not_that_to_a_lock_held_beneath():
    found = check(system("said_or_held", mutants=("m8",)), Bounds(fuse=True)).finding
    assert found.why == "`both` is never to be true, and is: box.x is 1 (said_or_held.py:18)"
    assert found.cost == 2


def test_the_cheapest_way_to_a_lock_held_beneath_is_not_that_to_a_broken_rule():
    told = check(system("held_or_broken", mutants=("m8",)), Bounds(fuse=True))
    assert told.finding.why.startswith("interrupts of CPU 0 spin on biglock.word, which is held beneath")
    assert told.cut == ""
