"""The other two kinds of experiment: searches and counts; and runs that end before their time."""

import json
from dataclasses import replace
from io import StringIO

import pytest

from splx.base.units import ms
from splx.cli.main import run as splx
from splx.debate import claims, settle
from splx.debate.count import KINDS
from splx.report.console import console_for
from splx.report.debate import show_claim, show_debate
from splx.simulate.setup import Setup


def shown(show):
    into = StringIO()
    console = console_for(into)
    console.width = 140
    show(console)
    return into.getvalue()


# ---- counts


@pytest.fixture(scope="module")
def counted():
    return settle(claims()["C4a"], "i486-8259", jobs=1)


def test_a_count_is_that_of_the_table_of_costs_and_there_is_no_chance_in_it(counted):
    # an adaptive enter is one locked operation, two reads and a write of the thread; an exit the same, unlocked
    row = dict(zip(counted.experiment.axis.names, counted.experiment.axis.values, strict=True))
    assert set(row) <= set(KINDS)
    adaptive, spin, simple = (each.label for each in counted.experiment.sides)
    assert counted.at(adaptive, row["tests"]).mean == 2
    assert counted.at(spin, row["locked operations"]).mean == 1
    assert counted.at(simple, row["hardware accesses"]).mean == 2
    assert counted.at(adaptive, row["ns"]).half == 0
    assert counted.ruling.words() == ("holds when what is counted is instructions, tests, memory references or ns")


def test_a_count_in_full_is_a_table_and_how_to_see_the_code(counted):
    text = shown(lambda console: show_claim(counted, console))
    assert "taking a free lock and giving it back, i486-8259" in text
    assert "±" not in text
    assert "again: splx list debate/c04 mutex_spin_enter --design netbsd-5 --machine i486-8259" in text


def test_a_test_that_a_function_does_not_have_is_not_assumed_of_it():
    count = claims()["C4a"]
    side = count.sides[0]
    known = count.point(side, 0, "ideal", (1,))
    assert count.point(replace(side, assume=(("never tested", True),)), 0, "ideal", (1,)) == known


# ---- searches


@pytest.fixture(scope="module")
def searched():
    return settle(claims()["C11b"], "x86-2020", jobs=1)


def test_a_search_finds_at_the_values_at_which_it_can_happen(searched):
    found = {label: [each.found for each in seen.values()] for label, seen in searched.seen.items()}
    assert list(found.values()) == [[True, True], [True, False], [True, False]]
    assert searched.ruling.words() == "holds when stock of buffers is 2"


def test_a_search_in_full_tells_the_story_that_it_is_about(searched):
    text = shown(lambda console: show_claim(searched, console))
    assert "R0035 at cost 3" in text
    assert "none in 11,452 states" in text
    assert "The shortest story of `never` at 1 ends so: intr7/0 leaves its level without a thread" in text
    assert "\ninterrupt wm0\nnic_intr(0)\n" in text
    assert "\nintr7/0 sleeps on buffers\n" in text
    command = "splx check debate/c11b --design doran-2006:sleeping=never --machine x86-2020 --set stock=1"
    assert f"again: {command} --property rules --property standstill --property stuck" in text


def test_a_search_in_the_table_says_at_which_values_it_found_something(searched):
    text = shown(lambda console: show_debate([searched], "x86-2020", console))
    assert "asserted when it sleeps: found with 1" in text
    assert "seeds" not in text  # there are none


def test_a_search_as_json_has_its_stories(searched, monkeypatch, capsys):
    monkeypatch.setattr("splx.cli.debate._settle", lambda *_: [searched])
    assert splx(["debate", "C11b", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["varied"]["names"]) == ("searches", ["1", "2"])
    deadlock = next(each for each in found["seen"] if each["side"] == "never" and each["value"] == 0)
    assert (deadlock["found"], deadlock["code"], deadlock["cost"]) == (True, "R0035", 3)
    assert "interrupt wm0" in deadlock["story"]


def test_a_search_that_is_given_up_has_found_nothing_and_excluded_nothing():
    search = replace(claims()["C11b"], states=50)
    assert search.point(search.sides[2], 1, "ideal", (1,)).seen.found is None


def test_the_command_of_a_search_gives_its_answer(searched, capsys):
    words = searched.commands()[1].split()
    assert splx(words[1:]) == 1
    assert "cv_wait in a softint or interrupt thread" in capsys.readouterr().out


# ---- runs that end in a finding


def test_a_run_that_ends_in_a_finding_is_measured_by_when_it_does():
    sweep = replace(claims()["C11a"], time=ms(2))
    every, *_, elsewhere = sweep.sides
    (noticed,), (never,) = (sweep.point(side, 1, "x86-2020", (1,)).values for side in (every, elsewhere))
    assert 0 < noticed[0] < 1
    assert noticed[1] == 100  # % of the runs
    assert never == (2.0, 0)


def test_any_other_measure_wants_the_whole_run():
    sweep = replace(claims()["C11a"], time=ms(2), measure=claims()["C2a"].measure, second=None)
    with pytest.raises(Exception, match="assert_sleepable"):
        sweep.point(sweep.sides[0], 1, "x86-2020", (1,))


def test_who_may_sleep_in_an_interrupt_thread_is_an_option_of_the_design():
    run = Setup("debate/c11a", design="doran-2006:sleeping=never", time=ms(2), settings=(("disk", "1"),)).run()
    assert run.source("wm0").done > 10
