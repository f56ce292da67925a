"""A function that is never called on behalf of itself may lead to its own callers: they are there twice."""

from __future__ import annotations

from collections.abc import Callable

from tests.check.systems import verdict
from tests.unit.program.listed import heads

from splx.lang.kernel import Struct, entry, i64, outermost
from splx.program.link import link


class Soft(Struct):
    func: Callable[[int], None]
    level: i64


def net(arg: int) -> None:
    lower(arg)


soft = Soft(func=net)


@outermost
def do_soft() -> None:
    soft.func(1)


def lower(level: int) -> None:
    soft.level = level
    if level == 0:
        do_soft()


@entry
def thread(arg: int) -> None:
    lower(arg)


def copies(image, name):
    return [each for each in image.functions if each.name == name]


def calls(image, each):
    return [image.insns[pc].t for pc in range(each.start, each.end) if image.insns[pc].op == "CALL"]


def test_the_functions_of_the_circle_are_there_outside_and_within_each_with_registers_of_its_own():
    image = link([thread])
    outside, within = copies(image, "lower")
    (once,) = copies(image, "do_soft")
    (called,) = copies(image, "net")
    windows = [each.window for each in (outside, once, called, within)]
    assert windows == sorted(set(windows))
    assert calls(image, outside) == [once.start]
    assert calls(image, called) == [within.start]


def test_the_call_that_would_close_the_circle_is_a_panic():
    image = link([thread])
    outside, within = copies(image, "lower")
    ops = [[image.insns[pc].op for pc in range(each.start, each.end)] for each in (outside, within)]
    assert [("CALL" in each, "PANIC" in each) for each in ops] == [(True, False), (False, True)]
    (panic,) = (image.insns[pc] for pc in range(within.start, within.end) if image.insns[pc].op == "PANIC")
    assert image.messages[panic.imm].text == "do_soft within itself"


def test_the_same_text_makes_the_same_program():
    assert [str(each) for each in heads(link([thread]))] == [str(each) for each in heads(link([thread]))]


def test_a_softint_may_raise_and_lower_the_level_under_linux_rt_whose_splx_does_soft_work():
    assert verdict("softened", "linux-rt").holds
