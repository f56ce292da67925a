"""The catalogue of bugs: each is found with its knob on, and the cure verifies."""

import pytest
from tests.check import catalogue

from splx.base.diagnostics import Findings
from splx.base.units import parse_duration
from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.scenario.cases import CASES, MISSED, SHORT, case
from splx.scenario.load import LIBRARY
from splx.simulate import simulate
from splx.simulate.setup import MACHINE, Setup

CATALOGUE = "a1 a2 a4 a6 a7 a9 a12 b1 b4 b5 c1 c2 c4 c5 c8 c11 c14 c15 d1 d3 d4 d5 d6 d7 e1 e3 e4 e5 e6 e7 e9 e12"
TRIALS = [(each, trial) for each in CASES for trial in each.trials if not trial.time]
RUNS = [(each, trial) for each in CASES for trial in each.trials if trial.time]


def _told(system):
    """What a short run says."""
    try:
        return [each.code for each in simulate(system, MACHINE, time=parse_duration(SHORT)).warnings]
    except Findings as stopped:
        return [each.code for each in stopped.diagnostics]


@pytest.mark.parametrize(("case", "trial"), TRIALS, ids=[each.command(trial) for each, trial in TRIALS])
def test_a_bug_is_found_and_its_cure_holds(case, trial):
    setup = Setup(f"cases/{case.name}", trial.design, "ideal", settings=trial.settings, mutants=trial.mutants)
    system = setup.system()
    verdict = check(system, Bounds(tso=trial.memory == "tso", fuse=True))
    if trial.finds:
        assert verdict.finding.code == trial.finds
        assert trial.why in verdict.finding.why
        assert not trial.seen or _told(system) == [trial.seen]
    else:
        assert verdict.finding is None
        assert verdict.holds


def test_what_only_a_buffer_of_stores_shows_is_not_found_without_one():
    system = Setup("cases/c8_moved", "freebsd", "ideal", mutants=("c8-relaxed",)).system()
    assert check(system, Bounds(fuse=True)).holds


@pytest.mark.parametrize(("case", "trial"), RUNS, ids=[each.command(trial) for each, trial in RUNS])
def test_where_it_is_about_time_a_deadline_is_missed_or_none(case, trial):
    made = Setup(f"cases/{case.name}", trial.design, time=parse_duration(trial.time), settings=trial.settings).run()
    late = [each.name for each in made.sources if each.missed]
    assert late == ([trial.why] if trial.finds else [])
    assert any(each.deadline and each.done for each in made.sources) or late
    assert not trial.finds or trial.finds == MISSED


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_wrong_comes_first_and_the_cure_last(case):
    assert case.trials[0].finds
    assert not case.trials[-1].finds


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_says_what_it_shows_and_where_that_is_known_from(case):
    assert case.essay.startswith(f"{case.name.upper()}: ")
    assert "\nSource: " in case.essay


def test_every_file_is_in_the_list_and_every_case_has_a_file():
    files = {each.stem for each in (LIBRARY / "cases").glob("[!_]*.py")}
    assert files == {each.name for each in CASES}
    entries = {each.partition("_")[0] for each in files}  # `d3_readers` is d3 with another lock
    told = {"e8", "e10", "e13"}  # no entries of their own there, but told of with tasklets, workqueues and FreeBSD
    assert entries == set(CATALOGUE.split()) | told


@pytest.mark.parametrize("knob", catalogue.KNOBS, ids=lambda knob: f"{knob.entry}: {knob.what}")
def test_every_knob_of_the_catalogue_is_turned_or_has_a_reason(knob):
    assert bool(knob.case) != bool(knob.instead)
    if knob.case:
        found = {each.knob() for each in case(knob.case).trials if each.finds}
        assert knob.turned in found
        assert knob.case.partition("_")[0] == knob.entry


def test_no_entry_of_the_catalogue_is_without_a_knob():
    assert {knob.entry for knob in catalogue.KNOBS} == set(CATALOGUE.split())
