"""A field of a derived class is that of its base: whoever calls through it calls what is stored there."""

from __future__ import annotations

from collections.abc import Callable

from splx.lang.kernel import Struct, i64
from splx.program.link import link


class Hook(Struct):
    func: Callable[[int], None]
    arg: i64


class Named(Hook):
    number: i64


def stored(n: int) -> None:
    hook.arg = n


hook = Named(func=stored)


def caller() -> None:
    call(hook)


def call(h: Hook) -> None:
    n = h.arg + 1
    h.func(n)
    h.arg = n


def test_the_window_of_a_function_lies_behind_those_that_call_it_through_a_field():
    image = link([caller], {}, {}, [hook])
    through, behind = image.find("caller"), image.find("stored")
    assert behind.window >= through.window + through.frame
