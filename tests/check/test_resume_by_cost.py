"""A search by cost that is kept: stopped by whoever asks, by memory or by a kill, it goes on to the same end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.check.systems import system
from tests.check.test_resume import QUIET, answer, stop_after

from bench.models.philosophers import philosophers
from bench.models.tiny_kernel import m4
from splx.base.diagnostics import SplxError
from splx.check import keep
from splx.check.limits import End, Limits
from splx.check.loading import Bounds
from splx.check.properties import Answer
from splx.check.verdict import check


def kept(folder, cost=99, piece=3000, **more):
    return Limits(folder=folder, every=0, piece=piece, cost=cost, **more)


def told(verdict):
    return (*answer(verdict), verdict.end, verdict.through)


def in_steps(built, bounds, limits, pieces):
    """Stopped each time that it has been asked so often, until it is at its end; and how often it was."""
    for stops in range(100):
        found = check(built, bounds, limits=limits, stopped=stop_after(pieces))
        if found.end is not End.ASKED:
            return stops, found
        assert not found.holds
        assert found.finding is None
    raise AssertionError("it never ends")


@pytest.mark.parametrize("cost", [1, 2, 99])
def test_stopped_again_and_again_it_has_the_counts_and_the_answer_of_one_that_was_not(tmp_path, cost):
    built = philosophers(3)
    whole = check(built, limits=Limits(cost=cost))
    stops, found = in_steps(built, None, kept(tmp_path, cost, piece=9), 1)
    assert stops >= 2
    assert told(found) == told(whole)
    assert found.complete == (cost >= 2)
    assert told(check(built, limits=kept(tmp_path, cost))) == told(whole)  # from its end


def test_over_a_kernel_too_where_it_begins_anew_when_its_guess_was_wrong(tmp_path):
    built, bounds = system("crossed", ORDER=2), replace(QUIET, fuse=True)
    whole = check(built, bounds, limits=Limits(cost=1))
    stops, found = in_steps(built, bounds, kept(tmp_path, 1, piece=3000), 3)
    assert stops >= 2
    assert (found.end, found.through) == (End.COST, 1)
    assert told(found) == told(whole)


@pytest.mark.parametrize("symmetry", [False, True])
def test_what_is_found_is_found_at_the_same_cost_with_the_same_story(tmp_path, symmetry):
    built, bounds, only = m4(2), Bounds(coupled=True, symmetry=symmetry), ("rules", "standstill")
    whole = check(built, bounds, only=only, limits=Limits(cost=9))
    limits = kept(tmp_path, 9, piece=4000)
    for pieces in (3, 2):
        check(built, bounds, only=only, limits=limits, stopped=stop_after(pieces))
    assert told(check(built, bounds, only=only, limits=limits)) == told(whole)


def test_where_parts_of_the_last_cost_are_forgotten_nothing_is_left_out(tmp_path):
    """What is forgotten is written down no more: the tables are shorter than the files that they were kept in."""
    built = system("lost_wakeup", CAREFUL=0)
    enough = check(built, limits=Limits(cost=1))
    stops, little = in_steps(built, None, kept(tmp_path, 1, piece=8000, memory=15_000_000), 4)
    assert stops >= 2
    assert (little.end, little.through, little.answers) == (enough.end, 1, enough.answers)
    assert little.counts.states > enough.counts.states  # some more than once


def test_what_ended_for_memory_goes_on_with_more(tmp_path):
    built = system("lost_wakeup", CAREFUL=0)
    few = check(built, limits=kept(tmp_path, 2, memory=14_000_000))
    assert (few.complete, few.end) == (False, End.MEMORY)
    assert few.counts.states > 10_000
    whole = check(built, limits=Limits(cost=2))
    assert told(check(built, limits=kept(tmp_path, 2))) == told(whole)


def test_a_kill_between_the_tables_and_the_list_of_them_loses_nothing(tmp_path, monkeypatch):
    left = iter([False, False, True])

    def write(path, text):
        if next(left):
            raise KeyboardInterrupt
        keep_write(path, text)

    keep_write = keep.write_text
    monkeypatch.setattr(keep, "write_text", write)
    with pytest.raises(KeyboardInterrupt):
        check(philosophers(3), limits=kept(tmp_path, piece=9))
    monkeypatch.undo()
    assert told(check(philosophers(3), limits=kept(tmp_path))) == told(check(philosophers(3), limits=Limits(cost=99)))


def test_stopped_while_what_was_seen_is_counted_nothing_is_decided(tmp_path, monkeypatch):
    """Every state has been seen; how many moves there are is found out anew, and that may be stopped as well."""
    asked = []
    monkeypatch.setattr("splx.check.ways.PIECE", 9)
    stopped = lambda: len(asked) > 5 or asked.append(True)  # noqa: E731 - asked five times by the search, see the next
    found = check(philosophers(3), limits=kept(tmp_path, piece=9), stopped=stopped)
    assert (found.complete, found.end) == (False, End.ASKED)
    assert Answer.HOLDS not in found.answers.values()
    assert told(check(philosophers(3), limits=kept(tmp_path))) == told(check(philosophers(3), limits=Limits(cost=99)))


@pytest.mark.parametrize(("first", "then", "says"), [(1, 2, "cost 1 there, and 2 here"), (-1, 1, "cost none there")])
def test_the_search_through_another_cost_is_refused(tmp_path, first, then, says):
    check(philosophers(3), limits=kept(tmp_path, first))
    with pytest.raises(SplxError, match=rf"S0605.*another search: {says}"):
        check(philosophers(3), limits=kept(tmp_path, then))
