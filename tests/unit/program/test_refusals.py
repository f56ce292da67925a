"""What linking says about small wrong programs; `refusals.py` writes the texts."""

from __future__ import annotations

import re

import pytest
from tests.unit.program import refusals

from splx.base import codes
from splx.program import codes as linking

CASES = refusals.cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_wrong_program_is_answered_with(case):
    assert refusals.rendered(case) == case.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_its_page_shows_the_answer_and_every_answer_a_way_out(case):
    page = (refusals.PAGES / f"{case.stem}.md").read_text(encoding="utf-8")
    assert f"```\n{refusals.example(case)}\n```" in page
    assert all(each.help for each in refusals.diagnostics(case))


def test_every_code_has_a_wrong_program_and_a_page():
    known = {value for value in vars(linking).values() if isinstance(value, str) and re.fullmatch(r"L\d{4}", value)}
    assert known == {case.stem for case in CASES}
    assert [problem for problem in codes.problems() if problem[:5] in known] == []
