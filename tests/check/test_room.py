"""A table that grows keeps what stands in it, and one that cannot grow any more is left as it was."""

from random import Random

import pytest
from tests.check.systems import system

from splx.check import tables
from splx.check.checker import Checker
from splx.check.room import LARGE, OutOfRoom, longer, zeros
from splx.check.search import ASIDE


@pytest.mark.parametrize("length", [1, 1 << 10, LARGE])
def test_what_stands_in_a_table_stands_in_the_longer_one(length):
    table = zeros(length)
    table[length - 1] = 7
    grown = longer(table, 4 * length)
    assert len(grown) == 4 * length
    assert (grown[length - 1], grown[length], grown[-1]) == (7, 0, 0)


def test_a_table_that_cannot_grow_is_as_it_was():
    checker = Checker(system("choices"))
    before = checker.slice("came").tolist()
    with pytest.raises(OutOfRoom):
        checker._longer("came", 1 << 50)
    assert checker.slice("came").tolist() == before


def _enter(checker, tags):
    """Slots for states 0, 1, ... of these tags: each at its place, or the next that is free."""
    slots, shift = checker.slice("slots"), checker.s.slots_shift
    for at in range(len(slots)):
        slots[at] = 0
    for state, tag in enumerate(tags):
        at = tag >> shift
        while slots[at]:
            at = (at + 1) % len(slots)
        slots[at] = tag << 32 | state + 1


def _reached(checker, tags):
    """The states that are found from the places of their tags, with nothing free between."""
    slots, shift = checker.slice("slots"), checker.s.slots_shift
    found = []
    for state, tag in enumerate(tags):
        at = tag >> shift
        while slots[at] and slots[at] != tag << 32 | state + 1:
            at = (at + 1) % len(slots)
        found += [state] if slots[at] else []
    return found


@pytest.mark.parametrize("times", [2, 4])
def test_what_stands_in_the_slots_is_found_when_they_are_more(times):
    checker = Checker(system("choices"))
    slots = len(checker.slice("slots"))
    chance = Random(times)
    tags = [chance.getrandbits(31) for _ in range(slots // 4 * 3)]
    tags += [(1 << 31) - 1] * 100  # they go on where slots begin
    _enter(checker, tags)
    checker._spread(times * slots)
    assert len(checker.slice("slots")) == times * slots
    assert _reached(checker, tags) == list(range(len(tags)))


def test_slots_that_stand_far_behind_their_place_are_entered_anew():
    checker = Checker(system("choices"))
    slots = len(checker.slice("slots"))
    _enter(checker, [1 << 30] * (ASIDE // 2 + 2))
    checker._spread(2 * slots)
    assert sum(1 for slot in checker.slice("slots") if slot) == checker.s.n_states == 1


def _numbers(checker):
    """The contents of every part in every state, as rows say it."""
    s, rows = checker.s, checker.slice("rows")
    parts = [(s.word[part], s.shift[part], (1 << s.bits[part]) - 1) for part in range(s.n_parts)]
    width = s.row_words
    return [
        [rows[state * width + word] >> shift & mask for word, shift, mask in parts] for state in range(s.n_states)
    ]  # fmt: skip


def test_rows_say_the_same_in_more_words_and_in_fewer(monkeypatch):
    checker = Checker(system("choices"))
    checker.explore()
    before, (first, second, *_, last) = _numbers(checker), checker.buffer.array("active")[: checker.s.n_active]
    monkeypatch.setattr(tables, "MANY_STATES", checker.s.n_states + 1)
    while checker.s.row_words == 1:
        checker._bits(first)
        checker._bits(second)
    assert _numbers(checker) == before
    monkeypatch.setattr(tables, "MANY_STATES", checker.s.n_states)
    checker._bits(last)
    assert (checker.s.row_words, _numbers(checker)) == (1, before)
