"""Who is stuck because a budget lets no more arrive is told that it is for this."""

import pytest
from tests.check.systems import system

from splx.check import codes
from splx.check.loading import Bounds
from splx.check.verdict import check

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
