"""Shifts, and the functions of `lang.wide`, as LLVM text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.lang.native.body import Body


def shift_left(body: Body, left: str, right: str) -> str:
    """`left << right`; the count is taken modulo 64, which only differs where the result would not fit."""
    return body.let(f"shl i64 {left}, {_modulo_64(body, right)}")


def shift_right(body: Body, left: str, right: str) -> str:
    """`left >> right`, arithmetic; by 64 or more leaves 0 or -1, as Python has it."""
    if right.isdigit():
        return body.let(f"ashr i64 {left}, {min(int(right), 63)}")
    body.unit.declare("declare i64 @llvm.umin.i64(i64, i64)")
    count = body.let(f"call i64 @llvm.umin.i64(i64 {right}, i64 63)")
    return body.let(f"ashr i64 {left}, {count}")


def _modulo_64(body: Body, count: str) -> str:
    return str(int(count) & 63) if count.isdigit() else body.let(f"and i64 {count}, 63")


def _two(operator: str) -> Callable[..., str]:
    return lambda body, a, b: body.let(f"{operator} i64 {a}, {b}")


def _ushr(body: Body, a: str, n: str) -> str:
    return body.let(f"lshr i64 {a}, {_modulo_64(body, n)}")


def _umulh(body: Body, a: str, b: str) -> str:
    wide_a, wide_b = body.let(f"zext i64 {a} to i128"), body.let(f"zext i64 {b} to i128")
    product = body.let(f"mul nuw i128 {wide_a}, {wide_b}")
    return body.let(f"trunc i128 {body.let(f'lshr i128 {product}, 64')} to i64")


def _bit(body: Body, n: str) -> str:
    return body.let(f"shl i64 1, {_modulo_64(body, n)}")


def _popcount(body: Body, a: str) -> str:
    body.unit.declare("declare i64 @llvm.ctpop.i64(i64)")
    return body.let(f"call i64 @llvm.ctpop.i64(i64 {a})")


def _ctz(body: Body, a: str) -> str:
    body.unit.declare("declare i64 @llvm.cttz.i64(i64, i1)")
    return body.let(f"call i64 @llvm.cttz.i64(i64 {a}, i1 false)")


def _fls(body: Body, a: str) -> str:
    body.unit.declare("declare i64 @llvm.ctlz.i64(i64, i1)")
    zeros = body.let(f"call i64 @llvm.ctlz.i64(i64 {a}, i1 false)")
    return body.let(f"sub i64 63, {zeros}")


WORDS: dict[str, Callable[..., str]] = {
    "wadd": _two("add"),
    "wsub": _two("sub"),
    "wmul": _two("mul"),
    "ushr": _ushr,
    "umulh": _umulh,
    "bit": _bit,
    "popcount": _popcount,
    "ctz": _ctz,
    "fls": _fls,
}
