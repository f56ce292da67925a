"""What linking says about small wrong programs; `refusals.py` writes the texts."""

from __future__ import annotations

import re

import pytest
from tests.unit.program import refusals

from splx.base import codes
from splx.program import codes as linking

CASES = refusals.cases()
OWN = [case for case in CASES if (refusals.PAGES / f"{case.stem}.md").exists()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_wrong_program_is_answered_with(case):
    assert refusals.rendered(case) == case.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_answer_has_a_way_out_and_one_has_its_code(case):
    said = refusals.diagnostics(case)
    assert case.stem[:5] in [each.code for each in said]
    assert all(each.help for each in said)


@pytest.mark.parametrize("case", OWN, ids=lambda case: case.stem)
def test_its_page_shows_the_answer(case):
    page = (refusals.PAGES / f"{case.stem}.md").read_text(encoding="utf-8")
    assert f"```\n{refusals.example(case)}\n```" in page


def test_every_code_has_a_wrong_program_and_a_page():
    known = {value for value in vars(linking).values() if isinstance(value, str) and re.fullmatch(r"L\d{4}", value)}
    assert known == {case.stem for case in OWN}
    assert [problem for problem in codes.problems() if problem[:5] in known] == []
