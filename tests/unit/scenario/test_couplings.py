"""Couplings: what is wrong together is refused with the reason, before anything runs."""

from dataclasses import replace
from pathlib import Path

import pytest

import splx.kernel
from splx.base.diagnostics import SplxError
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.couplings import COUPLINGS, broken
from splx.scenario.designs import design, designs
from splx.scenario.load import load_module

KERNEL = Path(splx.kernel.__file__).parent
DORAN, NETBSD_5, NETBSD_2006 = design("doran-2006"), design("netbsd-5"), design("netbsd-2006")


def swapped(which, old, new):
    return replace(which, mechanisms=tuple(new if each == old else each for each in which.mechanisms))


WRONG = {
    "interrupt threads, and the end of interrupt": swapped(DORAN, "flow_mask", "flow_eoi_last"),
    "handlers without a thread, and locks": replace(NETBSD_5, spin_from="IPL_SCHED"),
    "adaptive mutexes without turnstiles": swapped(NETBSD_5, "turnstile", "mutex"),
    "turnstiles under one lock for everything": swapped(NETBSD_5, "switch", "textbook_sched"),
    "interrupt threads under the textbook's": swapped(swapped(DORAN, "switch", "textbook_sched"), "turnstile", "mutex"),
    "softints that may block": swapped(NETBSD_2006, "softint_2006", "softint"),
    "clocks above the scheduler's locks": replace(
        NETBSD_5, rungs=(*NETBSD_5.rungs[:-2], ("IPL_SCHED",), ("IPL_AUDIO", "IPL_CLOCK"), NETBSD_5.rungs[-1])
    ),
}


@pytest.mark.parametrize("each", designs().values(), ids=designs())
def test_no_design_of_ours_breaks_a_rule(each):
    assert list(broken(each)) == []


@pytest.mark.parametrize(("said", "wrong"), WRONG.items(), ids=WRONG)
def test_a_design_that_breaks_a_rule_is_told_which(said, wrong):
    assert said in " ".join(each.message for each in broken(wrong))
    assert all(each.help for each in broken(wrong))


def test_every_rule_has_a_design_that_breaks_it():
    assert all(any(rule.wrong(wrong) for wrong in WRONG.values()) for rule in COUPLINGS)


def test_it_is_refused_before_it_is_linked():
    with pytest.raises(SplxError, match="S0303"):
        build(load_scenario("first"), replace(NETBSD_5, spin_from="IPL_SCHED"))


def test_a_mechanism_given_as_a_file_is_bound_by_the_rules_of_its_name():
    mine = load_module(KERNEL / "flow_eoi_last.py", "mechanism")
    assert [each.message for each in broken(DORAN.replace(mine))] == [
        f"the design `{DORAN.name}` combines interrupt threads, and the end of interrupt when the handlers have run"
    ]
