"""No axis can be dropped: for each there are two designs, or two settings of one, that differ in it alone, or in what
it brings with it, and a run shows what that makes. The pairs are those of `splx designs --pairs`.
"""

import json

import pytest
from click.testing import CliRunner

from splx.base.units import UNITS
from splx.cli.designs import command
from splx.compare.pairs import PAIRS, Side, shown
from splx.report.pairs import pairs_data
from splx.scenario.designs import design
from splx.scenario.vectors import AXES, differs
from splx.simulate.uncontended import operations

US = UNITS["us"]
#: What is varied -> the figures.
FIGURES = {
    "one driver, two chips": (1, 3),
    "a line is masked while its handler runs, or its level keeps it away": (3, 1),
    "the level is a register, or a word; at an edge, of which the flow is one": (2, 0),
    "the same, with the old soft interrupts": (6, 0),
    "a filter and a thread, or a thread alone": (50, 202),
    "InterruptAttach, or InterruptAttachEvent": (0, 1),
    "a tasklet, a softirq of its own, or a request of a BH workqueue": (0, 20, 0),
    "the same, asked for on a CPU while another one runs it": (119, 157, 196),
    "what is left to ksoftirqd: done by interrupts as before, or not, 2016 to 2023": (20, 2),
    "handlers interrupt, or are threads": (21, 0),
    "NAPI on the way out, or in threads": (20, 0),
    "soft sections of a CPU take a lock, or none": (71 * US, US),
    "a handler takes the big lock, or is mpsafe": (70 * US, 0),
    "a mutex, or an rt_mutex": (991 * US, 91 * US, 91 * US),
    "who waits lends, or not": (991 * US, 91 * US),
    "a release wakes all, or one": (94, 74),
    "a release wakes, or hands over": (0, 50),
    "full, voluntary, none": (US, 101 * US, 201 * US),
    "a threshold of 0 (off) or 1000": (0, 196),
    "a limit of the rate, or none": (0, 186),
    "a line that is nobody's is shut, or not": (0, 19, 19),
}


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{pair.axis}: {pair.varied}" for pair in PAIRS])
def test_a_run_shows_what_a_pair_differs_in(pair):
    assert tuple(shown(pair, side) for side in pair.sides) == FIGURES[pair.varied]
    assert len(set(FIGURES[pair.varied])) > 1


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{pair.axis}: {pair.varied}" for pair in PAIRS])
def test_the_designs_of_a_pair_differ_in_its_axis(pair):
    """Or they are one design, and the driver of the scenario differs."""
    first, *others = (design(side.design) for side in pair.sides)
    for other in others:
        assert first.vector == other.vector or pair.axis in differs(first.vector, other.vector)
        assert first.vector != other.vector or pair.sides[0].settings != pair.sides[1].settings


def test_each_axis_has_a_pair():
    assert {pair.axis for pair in PAIRS} == set(AXES)


def test_what_keeps_a_line_away_differs_with_the_chip():
    fasteoi, level = design("linux"), design("linux:chip=level")
    assert [operations(each)["line"].kept for each in (fasteoi, level)] == [("flag", "service"), ("mask", "flag")]


@pytest.mark.parametrize("name", ["linux", "linux-threadirqs", "linux-napi-threaded"])
def test_a_mutex_of_linux_lends_nothing_unless_it_is_said(name):
    (pair,) = (pair for pair in PAIRS if pair.varied == "a mutex, or an rt_mutex")
    assert [shown(pair, Side(each)) for each in (name, f"{name}:lend=chain")] == [991 * US, 91 * US]
    assert differs(design(name).vector, design(f"{name}:lend=chain").vector) == ("priority",)


def test_pairs_are_printed_with_their_commands():
    (isr, event) = json.loads(CliRunner().invoke(command, ["qnx", "--pairs", "--json"]).output)[0]["sides"]
    assert (isr["value"], event["value"]) == (0, 1)
    assert isr["command"] == "splx designs qnx:attach=isr --matrix"
    wake = CliRunner().invoke(command, ["xnu", "--pairs"]).output
    assert "xnu:wake=one" in wake
    assert "next: splx run pairs/crowd --design xnu:wake=all --machine ideal --time 10ms --seed 1" in wake
    lock = next(pair for pair in PAIRS if pair.is_time)
    (data,) = pairs_data([(lock, (1, 2))])
    assert (data["axis"], data["unit"]) == ("lock", "ps")
