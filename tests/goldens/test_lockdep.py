"""What lockdep says about small scenarios: `D0001.py` is the user's text, `D0001.txt` what is printed.

`python tools/lockdep_goldens.py` writes the texts anew.
"""

import re

import pytest

from splx.base.diagnostics import Findings
from splx.base.exits import Exit
from splx.lockdep import codes
from tools import lockdep_goldens as goldens

CASES = goldens.cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_scenario_in_which_something_can_go_wrong_is_answered_with(case):
    assert goldens.rendered(case) == case.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_it_is_one_finding_with_a_way_out_in_the_users_own_file(case):
    (found,) = goldens.verdict(case).findings
    assert found.code == case.stem[:5]
    assert found.help
    assert {span.file for span in (found.span, *(span for span, _ in found.related))} == {case.name}
    assert Findings(found).exit is Exit.FINDING


@pytest.mark.parametrize("case", [case for case in CASES if goldens.page(case).exists()], ids=lambda case: case.stem)
def test_the_page_of_a_code_shows_it(case):
    assert f"```\n{goldens.example(case)}\n```" in goldens.page(case).read_text(encoding="utf-8")


def test_every_code_has_a_scenario():
    known = {value for value in vars(codes).values() if isinstance(value, str) and re.fullmatch(r"D\d{4}", value)}
    assert known == {case.stem[:5] for case in CASES}
