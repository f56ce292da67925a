"""The drawings of the mechanism files are true: each is performed on the machine, by the kernel it is about.

A drawing without a title shows what the mechanism does. One with a title, `without the second look:`, shows what would
happen without a guard: it is performed by a mutant that lacks the guard, and the mechanism itself must refuse it.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.drawings.systems import SETTINGS

from splx.scenario.build import build
from splx.scenario.load import load_scenario
from splx.scenario.mutants import KERNEL, mutated
from splx.simulate.director import CannotHappen, perform
from splx.story.drawing import drawings_in, render
from splx.story.language import read_event

HERE = Path(__file__).parent


def _drawings():
    for file in sorted(KERNEL.glob("*.py")):
        essay = ast.get_docstring(ast.parse(file.read_text())) or ""
        for number, found in enumerate(drawings_in(essay), 1):
            yield f"{file.stem}:{number}", found


DRAWINGS = dict(_drawings())


def _perform(name, design):
    setting = SETTINGS[name]
    scenario = load_scenario(HERE / "scenarios" / f"{setting.scenario}.py")
    system = build(scenario, design, cpus=setting.cpus)
    return perform(DRAWINGS[name].drawing, system, design.levels)


def test_every_drawing_has_a_system_and_every_system_a_drawing():
    assert sorted(SETTINGS) == sorted(DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS)
def test_it_is_written_as_it_would_be_printed(name):
    assert render(DRAWINGS[name].drawing).rstrip("\n") == DRAWINGS[name].text


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_line_says_something_that_can_happen(name):
    for _, step in DRAWINGS[name].drawing.events:
        assert str(read_event(step.text)) == step.text


@pytest.mark.parametrize("name", SETTINGS)
def test_a_title_says_what_is_left_out_and_something_is(name):
    assert bool(DRAWINGS[name].drawing.title) == bool(SETTINGS[name].mutants)


@pytest.mark.parametrize("name", SETTINGS)
def test_it_happens(name, tmp_path):
    setting = SETTINGS[name]
    _perform(name, mutated(setting.design, setting.mutants, tmp_path))


@pytest.mark.parametrize("name", [name for name, setting in SETTINGS.items() if setting.mutants])
def test_the_guard_makes_it_impossible(name):
    setting = SETTINGS[name]
    with pytest.raises(CannotHappen) as refused:
        _perform(name, setting.design)
    assert str(refused.value.drawn) == setting.refused
