"""Who is stuck because a budget lets no more arrive is told that it is for this, and nobody else is."""

import pytest
from tests.check.systems import system

from splx.check import ahead, codes
from splx.check.loading import Bounds, counters_for
from splx.check.verdict import check
from splx.machine.cover import COUNTERS

TIMES = [(0, "first"), (2, "third"), (3, "4th"), (10, "11th"), (21, "22nd")]


@pytest.mark.parametrize(("budget", "time"), TIMES)
def test_who_would_be_woken_by_one_arrival_more_sleeps_unless_it_comes(budget, time):
    found = check(system("perpetual"), Bounds(budgets={"card": budget})).finding
    assert found.code == codes.ASLEEP
    assert found.why == f"reader sleeps on came and nobody can wake it unless card comes a {time} time"


def test_so_does_whoever_is_last_where_nothing_can_move():
    found = check(system("perpetual"), Bounds(budgets={"card": 1}), only=("standstill",)).finding
    assert found.code == codes.STANDSTILL
    assert found.why.endswith(" unless card comes a second time")


def test_what_would_not_be_heard_wakes_nobody():
    found = check(system("perpetual", HOW=1), Bounds(budgets={"card": 1})).finding
    assert found.why == "reader sleeps on came and nobody can wake it, whatever happens next"


def test_a_driver_that_any_number_of_arrivals_wake_holds():
    assert check(system("perpetual")).holds


def test_who_wait_for_the_owners_of_locks_wait_for_no_arrival():
    found = check(system("crossed"), Bounds(budgets={"tick": 0}), only=("standstill", "stuck", "asleep")).finding
    assert found.why.endswith(", whatever happens next")


def test_who_is_told_of_no_arrival_sleeps_whatever_happens_next():
    found = check(system("perpetual", HOW=2), Bounds(budgets={"card": 0})).finding
    assert found.why == "reader sleeps on came and nobody can wake it, whatever happens next"


@pytest.mark.parametrize("design", ["netbsd-5", "netbsd-2006", "freebsd"])
def test_what_is_not_heard_before_a_handler_is_back_is_heard_then(design):
    found = check(system("comes_again", design), Bounds(budgets={"card": 1}, fuse=True)).finding
    assert found.why == "sleeper sleeps on came and nobody can wake it unless card comes a second time"


def test_an_interrupt_that_would_be_taken_above_a_handler_that_is_stuck_does_not_help_it():
    found = check(system("taken_above"), Bounds(budgets={"tick": 0})).finding
    assert found.why == "interrupts of CPU 0 spin on box.done for ever, whatever happens next"
    found = check(system("taken_above", HOW=1), Bounds(budgets={"tick": 0})).finding
    assert found.why == "interrupts of CPU 0 spin on box.done for ever unless tick comes a first time"


@pytest.mark.parametrize(
    ("settings", "tail"),
    [
        ({"HOW": 1}, " unless card comes more often"),
        ({"HOW": 2, "NUMBER": 4}, " unless card comes more often"),
        ({"HOW": 2, "NUMBER": 9}, ""),  # numbers are looked at: of a few it is known that they do not help
    ],
)
def test_where_one_arrival_does_not_help_it_is_told_if_several_do(settings, tail):
    found = check(system("comes_again", **settings), Bounds(budgets={"card": 1}, fuse=True)).finding
    assert found.why == f"sleeper sleeps on came and nobody can wake it{tail}"


def test_so_it_is_of_several_sources():
    found = check(system("two_of_them"), Bounds(budgets={"one": 0, "other": 0})).finding
    assert found.why == "sleeper sleeps on both and nobody can wake it unless one and other come more often"
    found = check(system("two_of_them"), Bounds(budgets={"one": 1, "other": 0})).finding
    assert found.why == "sleeper sleeps on both and nobody can wake it unless other comes a first time"


def test_what_has_not_been_looked_at_to_its_end_is_not_told(monkeypatch):
    monkeypatch.setattr(ahead, "MOST", 2)
    found = check(system("perpetual", HOW=2), Bounds(budgets={"card": 1})).finding
    assert found.why == "reader sleeps on came and nobody can wake it"


def test_what_more_would_do_is_not_counted_as_executed():
    made = system("taken_above")
    counters = counters_for(made)
    assert check(made, Bounds(budgets={"tick": 0}), counters=counters, engine="plain").finding
    functions = {each.name: each for each in made.complete().image.functions}
    first, above = (functions[name] for name in ("card_intr", "tick_intr"))
    assert any(counters[COUNTERS * first.start : COUNTERS * first.end])
    assert not any(counters[COUNTERS * above.start : COUNTERS * above.end])
