"""What a search cannot keep apart it refuses: it never answers for less than there is."""

import linecache

import pytest
from tests.check.systems import system, verdict

import splx
from splx.base.diagnostics import SplxError
from splx.check.checker import Checker
from splx.check.groups import MOST_GROUPS, groups_of
from splx.check.loading import ROW_WORDS
from splx.check.tables import layout
from splx.scenario import Scenario, thread, work
from splx.scenario.build import build
from splx.scenario.designs import design


def test_every_outcome_of_a_choice_is_looked_at():
    assert verdict("choices", AMONG=15).holds
    assert verdict("choices", AMONG=16).finding.why == "the last one, in chooser"


def test_a_choice_among_too_many_is_no_answer():
    with pytest.raises(SplxError, match=r"S0602.*a choice among more than 16") as stop:
        verdict("choices", AMONG=17)
    assert underlined(stop) == "choose(AMONG)"
    assert "two choices make more" in stop.value.diagnostics[0].help


TWO = """\
from splx.scenario import *

@thread(cpu=0)
def chooser() -> None:
    work(choose(2))
    work(choose({n}))
"""


@pytest.mark.parametrize(("n", "line"), [("17", 6), ("15 + choose(3)", 0)], ids=["a number", "not known"])
def test_of_several_choices_the_one_is_shown_that_is_too_wide(tmp_path, n, line):
    path = tmp_path / "two.py"
    path.write_text(TWO.format(n=n))
    with pytest.raises(SplxError, match=r"S0602.*a choice among more than 16") as stop:
        splx.check(path)
    span = stop.value.diagnostics[0].span
    assert (span.line if span else 0) == line


def underlined(stop):
    """The text that a refusal points to."""
    span = stop.value.diagnostics[0].span
    return linecache.getline(span.file, span.line)[span.col : span.end_col]


def worker() -> None:
    work(0)


def test_more_threads_than_bits_are_refused():
    with Scenario("many") as made:
        thread("worker", count=MOST_GROUPS)(worker)
    built = build(made, design("netbsd-5"), cpus=1)
    with pytest.raises(SplxError, match=rf"S0602.*{MOST_GROUPS} are the most") as stop:
        groups_of(built)
    assert underlined(stop) == "def worker() -> None:"


def test_states_wider_than_a_row_are_refused():
    bits = 31
    assert layout([bits] * (2 * ROW_WORDS))[0] == ROW_WORDS
    with pytest.raises(SplxError, match=rf"S0602.*{ROW_WORDS} words"):
        layout([bits] * (2 * ROW_WORDS + 1))


def test_a_move_that_looked_past_its_memory_is_a_bug_and_no_answer():
    checker = Checker(system("choices"))
    checker.s.strange = 1
    with pytest.raises(AssertionError, match="had not looked at"):
        checker.explore()
