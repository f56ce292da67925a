"""A function that was lowered before is lowered again only if the system answers otherwise."""

from __future__ import annotations

import pytest
from tests.check.systems import system

from splx.base.diagnostics import SplxError
from splx.lang.kernel import Array, Const, Size, Struct, array, embedded, i64, slot
from splx.program import again
from splx.program.link import Options, link
from splx.scenario.designs import designs

LIMIT = Const("LIMIT")


class Box(Struct):
    n: i64


box = Box()


class Row(Struct):
    boxes: Array[Box] = embedded(array(Size("ROOM")))
    last: i64


row = Row()


def reach() -> None:
    """Writes behind an array."""
    row.last = 1


@slot
def weight() -> int:
    """What is added."""


def heavy() -> int:
    """Too long to be put into its callers unasked."""
    if box.n > 3:
        box.n = box.n * 5 + box.n // 7
        box.n = box.n * 3 + box.n // 9
        box.n = box.n * 2 + box.n // 11
    return box.n


def light() -> int:
    """So short that its text takes the place of calls."""
    return 1


def grow() -> None:
    """Asks for a constant and for a body."""
    box.n += LIMIT + weight()


def listed(image):
    return [insn.machine_fields() for insn in image.insns]


@pytest.fixture
def made(monkeypatch):
    """The names of functions in the order in which they are lowered."""
    names = []
    lower = again.lower
    monkeypatch.setattr(again, "_known", {})
    monkeypatch.setattr(again, "lower", lambda function, world: names.append(function.name) or lower(function, world))
    return names


def linked(number, body):
    return listed(link([grow], {weight: body}, {LIMIT: number}, [box]))


def test_what_answers_alike_is_lowered_once(made):
    assert linked(2, heavy) == linked(2, heavy)
    assert sorted(made) == ["grow", "heavy"]


def test_another_constant_or_another_body_is_another_answer(made):
    one = linked(2, heavy)
    assert linked(3, heavy) != one
    assert linked(2, light) != one
    assert linked(2, heavy) == one
    assert sorted(made) == ["grow", "grow", "grow", "heavy", "light"]


def test_so_is_another_length_of_an_array(made):
    sizes = [4, 8, 4]
    programs = [listed(link([reach], {}, {}, [row], Options(sizes={"ROOM": size}))) for size in sizes]
    assert programs[0] == programs[2] != programs[1]
    assert made == ["reach", "reach"]


def test_what_is_refused_is_refused_again(made):
    linked(2, heavy)
    for _ in range(2):
        with pytest.raises(SplxError, match="`LIMIT` has no number"):
            link([grow], {weight: heavy}, {}, [box])
        with pytest.raises(SplxError, match="slot `weight` has no body"):
            link([grow], {}, {LIMIT: 2}, [box])
    assert sorted(made) == ["grow"] * 5 + ["heavy"]


def test_a_program_is_the_same_whatever_was_built_before(monkeypatch):
    fresh = {}
    for design in designs():
        monkeypatch.setattr(again, "_known", {})
        fresh[design] = system("busy", design)
    for design in reversed([*designs()]):
        assert listed(system("busy", design).image) == listed(fresh[design].image)
        assert system("busy", design).image.live == fresh[design].image.live
