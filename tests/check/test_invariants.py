"""Every invariant of a mechanism is broken by a mutant, and holds without it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from tests.check import essays, test_clients, test_mutants
from tests.check.looks import LOOKS, SAYS
from tests.check.systems import DRAWN, HERE
from tests.unit.simulate import test_emergency

from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.scenario.build import build
from splx.scenario.cases import CASES
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.scenario.mutants import KERNEL, mutated


def _verdict(name, chosen, edits, settings):
    folder = DRAWN if name.startswith("drawn/") else HERE
    file = name if name.startswith("cases/") else folder / f"{name.removeprefix('drawn/')}.py"
    scenario = load_scenario(file, {key: str(value) for key, value in settings.items()})
    return check(build(scenario, mutated(chosen, edits), cpus=scenario.cpus_named()), Bounds(fuse=True))


@pytest.mark.parametrize("name", LOOKS)
def test_it_holds_wherever_it_is_looked_at(name):
    look = LOOKS[name]
    assert _verdict(look.scenario, design(look.design), look.look, look.right).holds


@pytest.mark.parametrize("name", LOOKS)
def test_a_mutant_breaks_it(name):
    look = LOOKS[name]
    found = _verdict(look.scenario, design(look.design), (*look.look, *look.breaks), {}).finding
    assert found.code == "R0001"
    assert found.why.startswith(SAYS)


def test_there_is_a_mutant_for_every_invariant():
    stated = {
        f"{file.stem}.{node.name}"
        for file in Path(KERNEL).glob("*.py")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.endswith("_invariant")
    }
    assert stated == LOOKS.keys()


# ---- as the essays number them


@cache
def _holds(scenario, design, instead, settings, look):
    broken = essays.Broken(scenario, "", (), design, dict(settings), dict(instead))
    return _verdict(scenario, essays.built(broken), look, broken.settings).holds


@pytest.mark.parametrize("number", essays.HERE)
def test_the_kernel_as_it_is_holds(number):
    broken = essays.HERE[number]
    instead, settings = tuple(broken.instead.items()), tuple(broken.settings.items())
    assert _holds(broken.scenario, broken.design, instead, settings, broken.look)


@pytest.mark.parametrize("number", essays.HERE)
def test_a_mutant_that_breaks_it_is_found(number):
    broken = essays.HERE[number]
    found = _verdict(broken.scenario, essays.built(broken), (*broken.look, *broken.edits), broken.settings).finding
    assert broken.says in found.why


def test_a_mutant_that_is_found_elsewhere_is():
    there = {
        "test_mutants": {case.split()[0] for case in test_mutants.FOUND} | set(test_mutants.FENCES),
        "test_clients": set(test_clients.FOUND),
        "test_emergency": {test_emergency.LEFT_OUT},
        "test_cases": {mutant for case in CASES for trial in case.trials if trial.finds for mutant in trial.mutants},
    }
    assert [each for each in essays.ELSEWHERE.values() if each[0] not in there[each[1]]] == []


def test_every_number_of_every_essay_has_its_mutant():
    said = set()
    for file in Path(KERNEL).glob("*.py"):
        essay = ast.get_docstring(ast.parse(file.read_text())) or ""
        _, _, part = essay.partition("\nInvariants\n")
        said |= {f"{file.stem}:{n}" for n in re.findall(r"^(\d+)\. ", part.partition("\nSources\n")[0], re.M)}
    known = [*essays.AT_A_LOOK, *essays.ELSEWHERE, *essays.HERE]
    assert sorted(said) == sorted(known)
    assert set(essays.AT_A_LOOK.values()) <= LOOKS.keys()
