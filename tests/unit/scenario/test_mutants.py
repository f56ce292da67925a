"""Mutants: kernels without one of their guards, by name."""

import pytest

from splx.base.diagnostics import SplxError
from splx.scenario.designs import design
from splx.scenario.mutants import KERNEL, MUTANTS, mutant, mutated


def test_a_mutant_is_found_by_its_name_in_any_case():
    assert mutant("M4").name == "m4"


def test_a_name_that_there_is_not_is_answered_with_those_that_there_are():
    with pytest.raises(SplxError, match=r"S0306.*there is no mutant `m99`"):
        mutant("m99")


def test_a_kernel_without_the_mechanism_has_no_such_guard():
    with pytest.raises(SplxError, match=r"S0306.*textbook has no mutex_adaptive"):
        mutated(design("textbook"), [edit for edit in mutant("m4").edits if edit.mechanism == "mutex_adaptive"])


@pytest.mark.parametrize("each", MUTANTS, ids=lambda each: each.name)
def test_every_edit_stands_once_in_its_mechanism(each):
    assert all((KERNEL / f"{edit.mechanism}.py").read_text().count(edit.old) == 1 for edit in each.edits)
