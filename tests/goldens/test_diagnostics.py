"""What the compiler says about small wrong programs: `L0101.py` is the user's text, `L0101.txt` what is printed.

`python tools/goldens.py` writes the texts anew.
"""

import re

import pytest

from splx.base import codes
from splx.base.diagnostics import SplxError
from splx.base.exits import Exit
from splx.lang import codes as language
from tools import goldens

CASES = goldens.cases()
names = [case.stem for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=names)
def test_a_wrong_program_is_answered_with(case):
    assert goldens.rendered(case) == case.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=names)
def test_a_wrong_program_has_one_kind_of_mistake_and_a_way_out_of_each(case):
    found = goldens.diagnostics(case)
    assert {each.code for each in found} == {case.stem[:5]}
    assert all(each.help for each in found)
    assert SplxError(*found).exit is Exit.BAD_INPUT


@pytest.mark.parametrize("case", [case for case in CASES if goldens.page(case).exists()], ids=lambda case: case.stem)
def test_the_page_of_a_code_shows_the_first_of_it(case):
    assert f"```\n{goldens.example(case)}\n```" in goldens.page(case).read_text(encoding="utf-8")


def test_every_code_of_the_language_has_a_wrong_program():
    known = {value for value in vars(language).values() if isinstance(value, str) and re.fullmatch(r"L\d{4}", value)}
    assert known == {name[:5] for name in names}
    assert all(codes.title(code) for code in known)
