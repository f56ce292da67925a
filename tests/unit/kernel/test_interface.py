"""The kernel's floor plan: mechanisms know the interface and nothing else, and fill its slots with the right shapes."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import splx.kernel
from splx.kernel.interface import axes, locks, sched, sync
from splx.lang.front.frontend import Dialect, front
from splx.lang.marks import marks_of

INTERFACE = (axes, locks, sched, sync)
MECHANISMS = [
    importlib.import_module(f"splx.kernel.{each.name}")
    for each in pkgutil.iter_modules(splx.kernel.__path__)
    if not each.ispkg
]
HEADINGS = ("What\n----", "Why\n---", "The race\n--------", "Invariants\n----------", "Sources\n-------",
            "Left out\n--------")  # fmt: skip


def functions(module):
    return {name: f for name, f in vars(module).items() if inspect.isfunction(f) and f.__module__ == module.__name__}


SLOTS = {name: f for module in INTERFACE for name, f in functions(module).items() if "slot" in marks_of(f)}
EVERY = [
    pytest.param(f, id=f"{module.__name__.split('.')[-1]}.{name}")
    for module in (*MECHANISMS, *INTERFACE)
    for name, f in functions(module).items()
]
FILLED = [
    pytest.param(f, SLOTS[name], id=f"{module.__name__.split('.')[-1]}.{name}")
    for module in MECHANISMS
    for name, f in functions(module).items()
    if name in SLOTS
]


@pytest.mark.parametrize("func", EVERY)
def test_every_function_is_kernel_python(func):
    front(func, Dialect.KERNEL)


@pytest.mark.parametrize(("body", "slot"), FILLED)
def test_a_body_has_the_shape_of_its_slot(body, slot):
    mine, theirs = front(body, Dialect.KERNEL), front(slot, Dialect.KERNEL)
    assert [each.type for each in mine.params] == [each.type for each in theirs.params]
    assert mine.result == theirs.result


def test_every_slot_is_filled_by_some_mechanism():
    filled = {name for module in MECHANISMS for name in functions(module)}
    assert sorted(set(SLOTS) - filled) == []


@pytest.mark.parametrize("module", MECHANISMS, ids=lambda each: each.__name__)
def test_a_mechanism_imports_only_the_interface_the_language_and_the_machine(module):
    allowed = ("splx.kernel.interface", "splx.lang.kernel", "splx.lang.wide", "splx.machine.intrinsics", "__future__",
               "collections.abc", "typing")  # fmt: skip
    for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
        assert not isinstance(node, ast.Import)
        if isinstance(node, ast.ImportFrom):
            assert node.module.startswith(allowed), node.module


@pytest.mark.parametrize("module", MECHANISMS, ids=lambda each: each.__name__)
def test_a_mechanism_opens_with_its_essay(module):
    at = [module.__doc__.find(f"\n\n{heading}\n") for heading in HEADINGS]
    assert -1 not in at
    assert at == sorted(at)
