"""`front_all`: everything that some functions call, callees first."""

from __future__ import annotations

import pytest

from splx.base.diagnostics import SplxError
from splx.lang.front.closure import front_all
from splx.lang.front.frontend import Dialect
from splx.lang.intrinsic import intrinsic
from splx.lang.kernel import HARDINT, THREAD, context, slot


@intrinsic(("func",))
def start(fn: object) -> None: ...


def leaf(n: int) -> int:
    return n


def middle(n: int) -> int:
    return leaf(n) + leaf(n)


def used() -> None:
    leaf(1)


def root(n: int) -> int:
    start(used)
    return middle(n) + leaf(n)


@slot
def operation(n: int) -> int: ...


def spinning(n: int) -> int:
    return leaf(n)


@context(THREAD)
def sleeping(n: int) -> int:
    return n


@context(HARDINT)
def interrupt() -> None:
    operation(3)


def wrong_one(n: int) -> int:
    return n + 1.5


def wrong_two(n: int) -> int:
    return wrong_one(n) / 2


def names(roots, **more):
    return [each.name for each in front_all(roots, Dialect.KERNEL, **more)]


def test_callees_come_before_callers_and_functions_used_as_values_after():
    assert names([root]) == ["leaf", "middle", "root", "used"]


def test_a_slot_is_linked_to_its_body():
    assert names([interrupt], link=lambda func: spinning if func is operation else func) == [
        "leaf",
        "spinning",
        "interrupt",
    ]


def test_the_contract_of_a_body_holds_for_the_calls_of_its_slot():
    with pytest.raises(SplxError) as caught:
        names([interrupt], link=lambda func: sleeping if func is operation else func)
    assert [each.message for each in caught.value.diagnostics] == ["`sleeping` in a hard interrupt"]


def test_mistakes_of_all_functions_are_said_at_once():
    with pytest.raises(SplxError) as caught:
        names([wrong_two])
    assert [each.code for each in caught.value.diagnostics] == ["L0119", "L0101"]
