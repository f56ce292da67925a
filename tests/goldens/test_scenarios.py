"""What is said about small scenarios that cannot be used: `S0101.py` is the user's text, `S0101.txt` what is printed.

`python tools/scenario_goldens.py` writes the texts anew.
"""

import re

import pytest

from splx.base.diagnostics import SplxError
from splx.base.exits import Exit
from splx.scenario import codes as scenario
from tools import scenario_goldens as goldens

CASES = goldens.cases()
names = [case.stem for case in CASES]

#: Codes whose mistakes are not made in a scenario's file: tests of their rooms make them.
ELSEWHERE = {"S0108", "S0113", "S0201", "S0301", "S0302", "S0304", "S0306", "S0307"}
#: Kernels that are wrong by construction: V1 to V14.
ELSEWHERE |= {f"S{number:04}" for number in range(321, 335)}


@pytest.mark.parametrize("case", CASES, ids=names)
def test_a_scenario_that_cannot_be_used_is_answered_with(case):
    assert goldens.rendered(case) == case.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=names)
def test_it_has_one_kind_of_mistake_and_a_way_out_of_each(case):
    found = goldens.diagnostics(case)
    assert {each.code for each in found} == {case.stem[:5]}
    assert all(each.help for each in found)
    assert SplxError(*found).exit is Exit.BAD_INPUT


@pytest.mark.parametrize("case", CASES, ids=names)
def test_only_the_users_own_files_are_shown(case):
    assert "/" not in "".join(re.findall(r"(?:-->|:::) (\S+)", goldens.rendered(case)))


@pytest.mark.parametrize("case", [case for case in CASES if goldens.page(case).exists()], ids=lambda case: case.stem)
def test_the_page_of_a_code_shows_the_first_of_it(case):
    assert f"```\n{goldens.example(case)}\n```" in goldens.page(case).read_text(encoding="utf-8")


def test_every_code_of_scenarios_has_a_wrong_scenario():
    known = {value for value in vars(scenario).values() if isinstance(value, str) and re.fullmatch(r"S\d{4}", value)}
    assert known == {name[:5] for name in names} | ELSEWHERE
