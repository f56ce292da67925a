"""What is said about small cost models: `M0008.toml` is the user's file, `M0008.txt` what is printed.

`python tools/model_goldens.py` writes the texts anew.
"""

import subprocess
import sys

import pytest

from splx.base.diagnostics import Severity
from splx.machine.models import load, load_all
from tools import model_goldens as goldens

CASES = goldens.cases()
names = [case.stem for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=names)
def test_a_model_is_answered_with(case):
    assert goldens.rendered(case) == case.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=names)
def test_it_has_one_kind_of_mistake_and_a_way_out_of_each(case):
    found = goldens.diagnostics(case)
    assert {each.code for each in found} == {case.stem[:5]}
    assert all(each.help and each.span for each in found)


@pytest.mark.parametrize("case", [case for case in CASES if goldens.page(case).exists()], ids=lambda case: case.stem)
def test_the_page_of_a_code_shows_the_first_of_it(case):
    assert f"```\n{goldens.example(case)}\n```" in goldens.page(case).read_text(encoding="utf-8")


def test_nothing_is_doubtful_about_the_models_that_ship():
    assert [each.doubts for each in load_all()] == [()] * 5


def test_a_doubtful_model_is_used_as_it_stands():
    model = load(goldens.FOLDER / "W0001.toml")
    assert {each.severity for each in model.doubts} == {Severity.WARNING}
    assert [figure.ps for figure in model.transfers.values()] == [60_000, 50_000, 70_000, 0]


def test_warnings_go_to_standard_error_and_change_no_exit_code():
    words = [sys.executable, "-m", "splx", "machines", str(goldens.FOLDER / "W0001.toml")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr.count("warning[W0001]") == 4
    assert "warning" not in done.stdout
