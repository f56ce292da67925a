"""V1 to V14: what is wrong by construction is refused, also in a mechanism of the user's, or kept and said so."""

import re
from dataclasses import replace

import pytest
from tests.unit.scenario.wrong_designs import NETBSD_5, NETBSD_2006, SOLARIS, linked, swapped, wrong_designs

from splx.base import codes
from splx.base.diagnostics import SplxError
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.mutants import mutant, mutated
from splx.scenario.validator import RULES, accepted, broken_rules, refused
from splx.scenario.variants import variants


def names(rules):
    return [rule.name for rule in rules]


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    return wrong_designs(tmp_path_factory.mktemp("wrong"))


@pytest.mark.parametrize("each", variants().values(), ids=variants())
def test_a_design_of_ours_breaks_what_it_says_and_nothing_else(each):
    assert set(names(broken_rules(each))) == set(each.accepted)
    assert list(refused(each)) == []


def test_each_rule_is_broken_by_one_change_and_then_it_alone(wrong):
    assert list(wrong) == names(RULES) == [f"V{n}" for n in range(1, 15)]
    for rule, each in wrong.items():
        assert [found.code for found in refused(each)] == [next(r.code for r in RULES if r.name == rule)], rule


def test_each_page_shows_what_is_said(wrong):
    for each in wrong.values():
        (found,) = refused(each)
        text = " ".join(codes.page(found.code).text.split())
        assert found.message in text
        assert found.help in text


def test_threads_that_borrow_their_cpu_need_a_level_too():
    assert "V1" in names(broken_rules(swapped(SOLARIS, "spl_eager", "spl_flag")))


def test_a_line_that_is_opened_twice_breaks_the_rule_of_the_one_who_opens():
    assert names(refused_rules(linked(design("netbsd-2006:line=level"), "flow_leave", "flow_mask.flow_leave"))) == [
        "V3"
    ]


def refused_rules(each):
    return [rule for rule in broken_rules(each) if rule.name not in each.accepted]


def test_a_lock_order_that_is_meant_is_a_warning():
    order, drain = accepted(NETBSD_2006)
    assert (order.code, drain.code) == ("W0301", "W0301")
    assert re.search("V6, on purpose: .*cases/a9", order.notes[0])
    assert names(refused_rules(replace(NETBSD_2006, accepted={}))) == ["V6", "V10"]


def test_it_is_refused_before_it_is_linked(wrong):
    with pytest.raises(SplxError, match="S0321"):
        build(load_scenario("first"), wrong["V1"])


def test_a_guard_that_was_left_out_to_see_what_comes_of_it_is_not_refused():
    without = mutated(NETBSD_5, mutant("m8").edits)
    assert without.mutated
    build(load_scenario("first"), without)


def test_a_word_that_is_no_choice_is_refused():
    with pytest.raises(SplxError, match="F9"):
        build(load_scenario("first"), replace(NETBSD_5, vector={"flow": "F9"}))
