"""What the states of a search consist of."""

import math
import re

import pytest

from splx.api import check
from splx.check.bare import Start, bare
from splx.check.growing import in_short
from splx.check.limits import Limits
from splx.check.loading import Bounds
from splx.check.verdict import check as search
from splx.lang.kernel import Struct, atomic, entry, i64
from splx.machine.intrinsics import halt, intr_enable, leave, pic_eoi, send_ipi


class Word(Struct):
    count: i64 = atomic()


word = Word()


@entry
def counting(most: int) -> None:
    while True:
        word.count = (word.count + 1) % most


def explained(most):
    return search(bare("counting", [Start(counting, most, cpu=0)], statics=[word]), Bounds(), explained=True).explained


def test_a_word_takes_the_bits_of_the_values_that_it_had():
    line = next(each for each in explained(5).parts if each.kind == "line")
    assert (line.contents, line.bits) == (5, 3)
    assert [(each.name, each.values) for each in line.fields] == [("word.count", 5)]


def test_what_was_always_the_same_takes_none_and_is_counted():
    found = explained(5)
    assert {each.kind for each in found.parts} == {"context", "line"}
    assert found.all["cpu"] == 1
    assert found.bits == sum(each.bits for each in found.parts)
    assert found.words == math.ceil(found.bits / 62)


@entry
def sends(_: int) -> None:
    send_ipi(1, 0)
    halt()


@entry
def listens(_: int) -> None:
    intr_enable()
    while True:
        halt()


@entry
def takes(irq: int) -> None:
    pic_eoi(irq)
    leave()


def test_of_an_interrupt_is_told_what_became_of_it():
    built = bare("sends", [Start(sends, cpu=0), Start(listens, cpu=1)], vector=takes)
    irq = next(each for each in search(built, Bounds(), explained=True).explained.parts if each.kind == "irq")
    assert {each.name for each in irq.fields} == {"under way", "in service"}


def test_the_bytes_are_those_of_the_verdict():
    verdict = check("cases/e3", design="textbook", explain_state=True)
    assert math.isclose(sum(verdict.explained.bytes.values()), verdict.bytes_per_state)
    cpu = next(each for each in verdict.explained.parts if each.kind == "cpu")
    assert {"context", "interrupts on"} <= {each.name for each in cpu.fields}


@entry
def adding(most: int) -> None:
    n = 0
    while n < most:
        word.count = n % 2
        n += 1


@pytest.mark.parametrize(("function", "most", "found"), [
    (counting, 1 << 40, ["word.count"]), (counting, 70, []), (adding, 1 << 40, ["adding"]),
])  # fmt: skip
def test_a_search_that_gave_up_says_what_had_ever_new_values(function, most, found):
    verdict = search(bare("counting", [Start(function, most, cpu=0)], statics=[word]), Bounds(states=200))
    assert [each.name for each in verdict.growing] == found


@pytest.mark.parametrize(("function", "found"), [
    (counting, r"growing: word.count had [0-9]+ values so far"),
    (adding, r"growing: a local variable of adding had [0-9]+ values so far"),
])  # fmt: skip
@pytest.mark.parametrize("cost", [-1, 0])
def test_a_search_under_way_says_it_too(function, found, cost):
    said = []
    search(
        bare("counting", [Start(function, 1 << 40, cpu=0)], statics=[word]), Bounds(states=400),
        limits=Limits(every=0, piece=200, cost=cost), progress=lambda counts: said.append(in_short(counts.growing)),
    )  # fmt: skip
    assert re.fullmatch(found, said[-1])


def test_and_only_after_a_while():
    said = []
    made = bare("counting", [Start(counting, 1 << 40, cpu=0)], statics=[word])
    search(made, Bounds(states=400), limits=Limits(piece=200), progress=lambda counts: said.append(counts.growing))
    assert said
    assert not any(said)
