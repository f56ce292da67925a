"""Compiled code is kept, found again, and never mistaken for that of another program."""

import importlib
import os
import sys

import pytest
from tests.unit.lang import engine_cases as cases

from splx.lang import cache
from splx.lang.native import native
from splx.lang.struct import Sizes

SIZES = Sizes(CPUS=2, WORDS=32)

CONSTANTS = "STEP = 3\n"
STRUCTS = """
from splx.lang.struct import Struct
from splx.lang.types import i64, u8

class Held(Struct):
    value: u8
    other: i64
"""
CODE = """
from constants_of_case import STEP
from structs_of_case import Held

def helper(n: int) -> int:
    return n + STEP

def held(h: Held, n: int) -> int:
    h.other = n
    return h.value

def entry(n: int) -> int:
    return helper(n) * 2
"""
NAMES = ("constants_of_case", "structs_of_case", "code_of_case")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SPLX_CACHE", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    for name in NAMES:
        sys.modules.pop(name, None)


def program(folder, constants=CONSTANTS, structs=STRUCTS, code=CODE):
    """Write and import the three modules afresh; returns the last."""
    for name, text in zip(NAMES, (constants, structs, code), strict=True):
        (folder / f"{name}.py").write_text(text)
        sys.modules.pop(name, None)
    importlib.invalidate_caches()
    return importlib.import_module(NAMES[-1])


def keys(module, sizes=SIZES, fingerprint="target"):
    return cache.key_of([module.entry, module.held], sizes, fingerprint)


def messages(func, sizes=SIZES):
    said = []
    assert native(func, sizes, said.append)(4) == 10
    return said


def test_the_second_time_nothing_is_compiled():
    assert [len(messages(cases.triangle)) for _ in range(3)] == [1, 0, 0]


def test_the_same_program_has_the_same_key(folder):
    assert keys(program(folder)) == keys(program(folder))


@pytest.mark.parametrize(
    "changed",
    [
        {"constants": "STEP = 4\n"},
        {"structs": STRUCTS.replace("u8\n", "i64\n")},
        {"structs": STRUCTS.replace("    value", "    more: i64\n    value")},
        {"code": CODE.replace("* 2", "* 3")},
        {"code": CODE.replace("n + STEP", "n - STEP")},
        {"code": CODE.replace("h: Held, n: int", "h: Held, n: bool")},
    ],
)
def test_any_change_of_the_program_changes_the_key(folder, changed):
    assert keys(program(folder)) != keys(program(folder, **changed))


def test_a_constant_patched_while_running_changes_the_key(folder, monkeypatch):
    module = program(folder)
    before = keys(module)
    monkeypatch.setattr(module, "STEP", 4)
    assert keys(module) != before


def test_a_constant_patched_while_running_is_compiled_anew(folder, monkeypatch):
    module = program(folder)
    assert native(module.entry, SIZES)(1) == 8
    monkeypatch.setattr(module, "STEP", 4)
    assert native(module.entry, SIZES)(1) == 10


def test_old_files_make_room(folder, monkeypatch):
    monkeypatch.setattr(cache, "_KEEP", 2)
    for sizes in (Sizes(CPUS=n, WORDS=32) for n in range(1, 5)):
        assert len(messages(cases.triangle, sizes)) == 1
    assert len(list((folder / "cache").glob("*.native"))) == 2
    assert messages(cases.triangle, Sizes(CPUS=4, WORDS=32)) == []


def test_a_constant_of_another_module_is_compiled_anew(folder):
    assert native(program(folder).entry, SIZES)(1) == 8
    assert native(program(folder, constants="STEP = 4\n").entry, SIZES)(1) == 10


def test_sizes_and_target_are_part_of_the_key(folder):
    module = program(folder)
    assert len({keys(module), keys(module, Sizes(CPUS=3, WORDS=32)), keys(module, fingerprint="other")}) == 3


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: b"", lambda data: data[:40] + b"x" + data[41:]]
)
def test_a_damaged_file_is_not_used(folder, damage):
    messages(cases.triangle)
    (path,) = (folder / "cache").glob("*.native")
    path.write_bytes(damage(path.read_bytes()))
    assert len(messages(cases.triangle)) == 1
    assert len(messages(cases.triangle)) == 0


@pytest.mark.parametrize("place", ["", os.devnull + "/nowhere"])
def test_no_cache_is_no_error(monkeypatch, place):
    monkeypatch.setenv("SPLX_CACHE", place)
    assert [len(messages(cases.triangle)) for _ in range(2)] == [1, 1]
