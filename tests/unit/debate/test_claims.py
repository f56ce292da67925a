"""The experiments: whole, and of ordinary scenarios. Their verdicts are not written down here: they are measured."""

import json
from dataclasses import replace
from importlib import import_module
from io import StringIO
from string import ascii_lowercase

import pytest

from splx.base.units import ms
from splx.cli.main import run as splx
from splx.debate import Verdict, claims, settle
from splx.debate.experiment import OF_MACHINE, Point
from splx.report.console import console_for
from splx.report.debate import show_claim, show_debate
from splx.simulate.setup import Setup

WORDS = {"runs": "run", "searches": "check", "counts": "list"}
every = pytest.mark.parametrize("of", claims().values(), ids=claims())


@every
def test_an_experiment_is_whole(of):
    axis = of.axis
    assert list(axis.values) == sorted(set(axis.values))
    assert len(axis.names) in (0, len(axis.values))
    assert len({side.label for side in of.sides}) == len(of.sides) > 1
    assert (of.least > 1) == (of.kind == "runs")
    assert of.least <= of.most
    for side in of.sides:
        setup = of.setup(side, axis.values[0], "ideal")
        scenario, design, _ = setup.parts()
        if axis.parameter.startswith(OF_MACHINE):
            assert setup.model().name.startswith("ideal:")
        else:
            assert axis.parameter in ("", *scenario.parameters)
        assert design.name == side.design.partition(":")[0]
        assert of.command(side, "ideal").startswith(f"splx {WORDS[of.kind]} debate/")


def test_every_claim_of_the_debate_has_an_experiment():
    assert list(dict.fromkeys(int(each[1:].rstrip(ascii_lowercase)) for each in claims())) == list(range(1, 18))


def test_the_experiments_of_a_claim_have_its_number_and_a_letter():
    of_claim = {}
    for each in claims():
        of_claim.setdefault(each.rstrip(ascii_lowercase), []).append(each)
    for number, names in of_claim.items():
        letters = ascii_lowercase[: len(names)] if len(names) > 1 else [""]
        assert names == [number + letter for letter in letters]


def short(machine):
    """The ends of C5a, and two of its sides."""
    sweep = claims()["C5a"]
    ends = replace(sweep.axis, values=(sweep.axis.values[0], sweep.axis.values[-1]))
    return settle(replace(sweep, axis=ends, sides=sweep.sides[:2]), machine, jobs=1)


@pytest.fixture(scope="module")
def settled():
    return short("pentium-apic")


def test_a_level_in_memory_costs_less_than_one_in_hardware_while_next_to_nothing_comes(settled):
    assert settled.ruling.verdict is not Verdict.OPEN
    assert settled.at("log", 500).mean < settled.at("eager", 500).mean


def shown(show, width=140):
    into = StringIO()
    console = console_for(into)
    console.width = width
    show(console)
    return into.getvalue()


def test_a_claim_in_full_has_its_plot_from_zero_its_numbers_its_verdict_and_how_to_see_it_again(settled):
    text = shown(lambda console: show_claim(settled, console))
    assert "\n         0 |" in text
    assert "o eager   x log\n" in text
    assert f"mean of {settled.seeds} seeds" in text or f"mean of {settled.fewest} to {settled.seeds} seeds" in text
    assert f"verdict: {settled.ruling.words()}" in text
    assert "by the rule: `log` measures less than `eager`" in text
    again = "again: splx run debate/c05 --design netbsd-2006-deferred:line=level --machine pentium-apic --time 10ms"
    assert f"{again} --seed 1 --set rate=50000" in text


def test_the_debate_is_a_row_for_each_claim_no_wider_than_the_page(settled):
    text = shown(lambda console: show_debate([settled], "pentium-apic", console))
    assert "Laight" in text
    assert f"over {settled.fewest} to {settled.seeds} seeds" in text
    assert settled.ruling.verdict.value.split()[0] in text
    assert max(map(len, text.splitlines())) <= 140


def test_only_where_the_seeds_do_not_tell_there_are_more(monkeypatch):
    def measured(task):
        _, label, x, _, seeds = task
        noise = 900 if x > 500 and label == "log" else 0
        return Point([({"log": 1000}.get(label, 2000) + noise * (seed % 3),) for seed in seeds])

    monkeypatch.setattr(import_module("splx.debate.settle"), "_measured", measured)
    settled = short("ideal")
    assert (settled.fewest, settled.seeds) == (3, 9)
    assert [len(settled.curves[0]["log"].values[x]) for x in (500, 50_000)] == [3, 9]
    assert "mean of 3 to 9 seeds" in shown(lambda console: show_claim(settled, console))


def test_where_nothing_costs_anything_the_sides_do_not_differ():
    assert short("ideal").ruling.words() == "does not hold anywhere: they differ by less than 1 %"


@pytest.mark.parametrize(
    ("kernel", "stuck"), [("doran-2006", True), ("doran-2006:clamp=off", False), ("solaris", True), ("freebsd", False)]
)
def test_the_threads_of_a_level_run_out_for_ever_if_the_wakeup_needs_that_level(kernel, stuck):
    # wm0's handler waits for the reader, which waits for the disk, whose interrupt waits for wm0's handler: where the
    # levels below are shut
    result = Setup("debate/c10", design=kernel, time=ms(4), settings=(("disk", "0"), ("wait", "200us"))).run()
    assert (result.source("sd0").done == 0, result.source("sd0").arrived == 1) == (stuck, stuck)


def test_figures_of_the_machine_are_varied_beside_those_that_are_given():
    of = claims()["C8b"]
    model = of.setup(of.sides[0], 0.5, "x86-2020:level=5us").model()
    assert model.name == "x86-2020:level=5us,mask=0.5us,unmask=0.5us"


def test_what_solaris_does_without_masking_it_does_with_the_level():
    of = claims()["C8a"]
    side = next(each for each in of.sides if each.design == "solaris")
    quick, slow = (of.point(side, 20, f"x86-2020:level={cost}", (1,)).values[0][0] for cost in ("20ns", "5us"))
    assert slow - quick > 5_000  # ns: raised at entry and put back at exit, once or twice for each interrupt


def test_a_claim_that_nobody_made(capsys):
    assert splx(["debate", "C99"]) == 2
    assert "there is no experiment for `C99`: there are C1a, C1b, C1c, C2a, C2b, " in capsys.readouterr().err


def test_a_claim_of_several_experiments_is_all_of_them(capsys):
    assert splx(["debate", "c4", "--source"]) == 2
    assert "whose source: one of C4a, C4b?" in capsys.readouterr().err
    assert splx(["debate", "c2", "--source"]) == 2
    assert "whose source: one of C2a, C2b, C2c, C2d?" in capsys.readouterr().err
    assert splx(["debate", "c4B", "--source"]) == 0
    assert "ClosedLoop" in capsys.readouterr().out


def test_its_scenario_is_a_file_to_be_copied(capsys):
    assert splx(["debate", "c5a", "--source"]) == 0
    assert "@handler(nic, IPL_NET, mpsafe=True)" in capsys.readouterr().out


def test_a_claim_as_json(settled, monkeypatch, capsys):
    monkeypatch.setattr("splx.cli.debate._settle", lambda *_: [settled])
    assert splx(["debate", "C5a", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["claim"]["number"], found["verdict"]) == ("C5a", settled.ruling.verdict.value)
    (measured,) = found["measured"]
    assert [point["value"] for point in measured["points"]] == [500, 50_000]
    seeds = [len(point["sides"]["log"]) for point in measured["points"]]
    assert (min(seeds), max(seeds)) == (settled.fewest, settled.seeds)
