"""V1 to V14: what is wrong by construction is refused, also in a mechanism of the user's, or kept and said so."""

import importlib
import re
from dataclasses import replace

import pytest
from tests.unit.scenario.wrong_designs import NETBSD_5, NETBSD_2006, SOLARIS, linked, swapped, wrong_designs

from splx.base import codes
from splx.base.diagnostics import SplxError
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_module
from splx.scenario.mutants import mutant, mutated
from splx.scenario.validator import RULES, accepted, broken_rules, refused, unjudged, unlocked
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


FLOW = """
from splx.kernel.interface.lines import IntrSource, line_held
from splx.lang.kernel import inline
from splx.machine.intrinsics import pic_eoi, pic_mask, pic_unmask

@inline
def flow_enter(s: IntrSource) -> None:
    if {when}:
        pic_mask(s.is_irq)
    pic_eoi(s.is_irq)

@inline
def flow_leave(s: IntrSource) -> None:
    if {when}:
        pic_unmask(s.is_irq)
"""
CLAMP = """
from splx.kernel.interface.lwp import ci
from splx.kernel.ithread import ith
from splx.lang.kernel import inline

@inline
def mask_clamp(level: int) -> int:
    return {given}
"""


@pytest.fixture
def own(tmp_path):
    def with_mechanism(which, text):
        (tmp_path / "own.py").write_text(text)
        return design(which).replace(load_module(tmp_path / "own.py", "mechanism"))

    return with_mechanism


def ours(which, mechanism):
    return design(which).replace(importlib.import_module(f"splx.kernel.{mechanism}"))


@pytest.mark.parametrize(("which", "rule"), [("freebsd", "V3"), ("thomas-2007", "V2"), ("netbsd-5", "V2")])
def test_a_flow_that_masks_edges_only_leaves_a_level_triggered_line_open(own, which, rule):
    each = own(which, FLOW.format(when="s.is_trigger == 0"))
    assert names(refused_rules(each)) == [rule]
    assert not list(unjudged(each))


def test_a_flow_that_masks_both_and_opens_both_is_as_good_as_ours(own):
    assert refused_rules(own("netbsd-5", FLOW.format(when="s.is_trigger < 2"))) == []


def test_an_edge_that_is_masked_must_be_opened_too(own):
    text = FLOW.format(when="s.is_trigger != 0").replace("if s.is_trigger != 0", "if True", 1)
    assert names(refused_rules(own("netbsd-5", text))) == ["V3"]


def test_a_flow_that_looks_at_what_it_finds_is_not_judged_and_it_is_said(own):
    each = own("netbsd-5", FLOW.format(when="line_held(s) == 0"))
    found = list(unjudged(each))
    assert refused_rules(each) == []
    assert {warning.code for warning in found} == {"W0303"}
    assert found[0].message == (
        "V2 and V3 are not judged of `flow_enter` of own.py: whether a level-triggered line is masked depends on what "
        "it finds"
    )
    assert found[0].message in " ".join(codes.page("W0303").text.replace("flow.py", "own.py").split())


@pytest.mark.parametrize("given", ["level", "max(level, ci.mtx_oldspl * 0)", "max(level, min(level, ith.base))"])
def test_a_clamp_that_gives_no_more_than_the_level_is_none(own, given):
    assert names(refused_rules(own("doran-2006", CLAMP.format(given=given)))) == ["V1"]


def test_a_clamp_by_what_the_carrier_notes_is_one(own):
    each = own("doran-2006", CLAMP.format(given="max(ith.base, level)"))
    assert (refused_rules(each), list(unjudged(each))) == ([], [])


def test_a_clamp_by_something_else_is_not_judged(own):
    each = own("doran-2006", CLAMP.format(given="max(ci.mtx_oldspl, level)"))
    assert refused_rules(each) == []
    assert ["V1 is not judged of `mask_clamp`" in warning.message for warning in unjudged(each)] == [True]


@pytest.mark.parametrize(("which", "mechanism"), [("netbsd-5", "spl_flag"), ("linux", "softint")])
def test_soft_interrupts_in_borrowed_threads_need_a_level(which, mechanism):
    assert "V1" in names(refused_rules(ours(which, mechanism)))


def test_soft_interrupts_of_ones_own_have_no_quota_of_the_design(own):
    own_ = own("linux", """
from splx.kernel.interface.lines import IntrSource
from splx.kernel.interface.axes import intr_leave, mask_enter
from splx.lang.kernel import entry

@entry
def softint_run(s: IntrSource) -> None:
    intr_leave(mask_enter(s.is_level))
""")  # fmt: skip
    assert [warning.message.partition(":")[0] for warning in unjudged(own_)] == [
        "V10 is not judged of `softint_run` of own.py"
    ]


def test_spin_mutexes_that_take_no_lock_are_for_one_cpu():
    each = ours("netbsd-5", "mutex_up")
    build(load_scenario("first"), each, cpus=1)
    with pytest.raises(SplxError, match="2 CPUs, and `netbsd-5` is built for one"):
        build(load_scenario("first"), each, cpus=2)
    assert [name for name, known in variants().items() if unlocked(known)] == []


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
