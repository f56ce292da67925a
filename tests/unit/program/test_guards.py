"""Uses of guarded fields: what asks for the lock, by where the lock is. Files that are looked after only."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest

from splx.lang.kernel import Array, PerCpu, Struct, array, atomic, embedded, guarded_by, i64, inline, spin_while
from splx.lang.marks import mark
from splx.program.guards import guard_of
from splx.program.link import Options, link


class Lock(Struct):
    owned_with: ClassVar[Callable[[Lock], bool]]
    word: i64 = atomic()


@inline
def owned(held: Lock) -> bool:
    return held.word != 0


Lock.owned_with = owned


@inline
def big_held() -> bool:
    return words.big != 0


def big_lock() -> None:
    words.big = 1


mark(big_lock, held=big_held)


class Words(Struct):
    big: i64 = atomic()


words = Words()
lock = Lock()


class Box(Struct):
    mine: Lock
    inside: Lock = embedded()
    busy: i64 = atomic()
    by_static: i64 = guarded_by("lock")
    by_field: i64 = guarded_by("mine")
    by_inside: i64 = guarded_by("inside")
    by_word: i64 = guarded_by("busy")
    by_function: i64 = guarded_by("big_lock")
    row: Array[i64] = array(4, guarded_by("mine"))


class Cpu(PerCpu):
    mine: Lock
    word: i64
    by_static: i64 = guarded_by("lock")
    by_field: i64 = guarded_by("mine")
    by_word: i64 = guarded_by("word")


box = Box(mine=lock)
cpu = Cpu(mine=lock)


def static(b: Box) -> None:
    b.by_static = 1


def field(b: Box) -> None:
    b.by_field = 1


def inside(b: Box) -> None:
    b.by_inside = 1


def word(b: Box) -> None:
    b.by_word = 1


def function(b: Box) -> None:
    b.by_function = 1


def item(b: Box, n: int) -> None:
    b.row[n % 4] = 1


def of_cpu() -> None:
    cpu.by_static = 1


def of_cpu_by_field() -> None:
    cpu.by_field = 1


def of_cpu_by_word() -> None:
    cpu.by_word = 1


def waits(b: Box) -> None:
    spin_while(b.by_word != 0)


def asked(func, *, looked_after=True):
    """The instructions of the cost class of assertions."""
    image = link([func], {}, {}, [box, cpu], Options(bounds=lambda _: looked_after))
    found = image.find(func.__name__)
    return [each for each in image.insns[found.start : found.end] if each.assertion]


@pytest.mark.parametrize(
    ("func", "ops"),
    [
        (static, ["LD", "ANE"]),  # its word
        (field, ["LD", "LD", "ANE"]),  # which lock, and its word
        (inside, ["LD", "ANE"]),
        (word, ["LD", "ANE"]),
        (function, ["LD", "ANE"]),
        (item, ["LD", "LD", "ANE"]),
        (of_cpu, ["LD", "ANE"]),
        (of_cpu_by_field, ["LDP", "LD", "ANE"]),
        (of_cpu_by_word, ["LDP", "ANE"]),
        (waits, []),  # who waits for a word only looks
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_use_asks_for_its_lock(func, ops):
    assert [each.op for each in asked(func)] == ops


@pytest.mark.parametrize("func", [static, field, of_cpu])
def test_the_kernels_own_code_is_not_asked(func):
    assert asked(func, looked_after=False) == []


def test_a_field_that_is_no_locks_has_no_guard():
    assert guard_of(Box, "busy") is None
    assert guard_of(Box, "by_static").lock is lock
