"""An interrupt that a CPU takes again and again."""

import pytest
from tests.check.systems import system

from splx.check.loading import Bounds
from splx.check.path import comes_back
from splx.check.verdict import check

HANDLER, HERE, THERE = range(3)


def storm(who, design="textbook", *, fuse=True):
    return check(system("storms", design, WHO=who), Bounds(fuse=fuse), only=("storm",))


@pytest.mark.parametrize("fuse", [True, False])
@pytest.mark.parametrize("design", ["textbook", "doran-2006"])  # a handler on top of the thread, and one with its own
def test_a_handler_that_leaves_it_to_the_thread_it_interrupts_is_called_for_ever(design, fuse):
    finding = storm(HERE, design, fuse=fuse).finding
    assert finding.code == "R0038"
    assert finding.why.startswith("a storm: cpu0 takes the interrupt of card again and again")
    assert finding.why.endswith("for card_intr returns with the line asserted")
    assert finding.place.line == 21
    assert finding.stuck[0].group.name == "card"
    assert str(finding.graph.waits[0]) == "card has an item that waits, and nobody takes it in the round"
    assert comes_back(system("storms", design, WHO=HERE), Bounds(fuse=fuse), finding.moves, finding.cycle)


@pytest.mark.parametrize("who", [HANDLER, THERE])
def test_it_ends_if_the_handler_or_another_cpu_takes_what_is_there(who):
    assert storm(who).holds


def test_a_storm_is_told_before_what_follows_from_it():
    verdict = check(system("storms", "textbook", WHO=HERE), Bounds(fuse=True))
    assert verdict.finding.code == "R0038"
    assert verdict.answers["unheard"].value == "holds"  # the search lets the thread go on


def test_on_a_shared_line_the_device_that_asserts_it_is_named_and_no_other():
    finding = check(system("one_line", "linux"), only=("storm",)).finding
    told = "a storm: cpu0 takes the interrupt of second again and again, for second_intr returns with the line asserted"
    assert finding.why == told
    assert finding.place.line == 18
    assert [each.group.name for each in finding.stuck if each.group.device >= 0] == ["second"]


def test_a_device_whose_handler_is_gone_is_not_laid_on_the_one_that_is_left():
    finding = check(system("one_line", "freebsd", HOW=1), only=("storm",)).finding
    assert finding.why == "a storm: cpu0 takes the interrupt of second again and again, for nobody makes its line quiet"
    assert finding.place.line == 28
