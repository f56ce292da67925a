"""Every invariant that a mechanism states as a function is broken by a mutant, and holds without it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.check.looks import LOOKS, SAYS
from tests.check.systems import HERE

from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.scenario.mutants import KERNEL, mutated

#: It says of those who hold a sleeping lock of 2006 that they are no interrupt threads: a kernel with both is refused
#: when it is built (splx.scenario.couplings), so no mutant of a mechanism can break it.
WITHOUT = {"simplelock_2006.simplelock_invariant"}


def _verdict(look, edits, settings):
    file = look.scenario if look.scenario.startswith("cases/") else HERE / f"{look.scenario}.py"
    scenario = load_scenario(file, {name: str(value) for name, value in settings.items()})
    return check(build(scenario, mutated(design(look.design), edits), cpus=scenario.cpus_named()), Bounds())


@pytest.mark.parametrize("name", LOOKS)
def test_it_holds_wherever_it_is_looked_at(name):
    look = LOOKS[name]
    assert _verdict(look, look.look, look.right).holds


@pytest.mark.parametrize("name", LOOKS)
def test_a_mutant_breaks_it(name):
    look = LOOKS[name]
    found = _verdict(look, (*look.look, *look.breaks), {}).finding
    assert found.code == "R0001"
    assert found.why.startswith(SAYS)


def test_there_is_a_mutant_for_every_invariant_or_a_reason():
    stated = {
        f"{file.stem}.{node.name}"
        for file in Path(KERNEL).glob("*.py")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.endswith("_invariant")
    }
    assert stated == LOOKS.keys() | WITHOUT
