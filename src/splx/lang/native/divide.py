"""Division that rounds down, as Python's does.

The processor's division rounds towards zero and traps on two inputs: a zero divisor, and the most negative number by
-1. Neither may stop the process, so a divisor that is not a constant is replaced by 1 in those cases: x // -1 is -x,
and x // 0, an error in plain Python, is some number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splx.lang.native.body import Body


def divide(body: Body, a: str, b: str) -> str:
    """`a // b`."""
    known = _number(b)
    if known is not None and known > 0:
        if known & (known - 1) == 0:
            return body.let(f"ashr i64 {a}, {known.bit_length() - 1}")
        quotient, rest = _truncated(body, a, b)
        return body.let(f"add i64 {quotient}, {body.let(f'ashr i64 {rest}, 63')}")
    safe = _safe(body, b)
    quotient, rest = _truncated(body, a, safe)
    down = body.let(f"sext i1 {_rounds_up(body, rest, safe)} to i64")
    floor = body.let(f"add i64 {quotient}, {down}")
    return body.let(f"select i1 {_is(body, b, '-1')}, i64 {body.let(f'sub i64 0, {a}')}, i64 {floor}")


def modulo(body: Body, a: str, b: str) -> str:
    """`a % b`, with the sign of `b`."""
    known = _number(b)
    if known is not None and known > 0:
        if known & (known - 1) == 0:
            return body.let(f"and i64 {a}, {known - 1}")
        rest = body.let(f"srem i64 {a}, {b}")
        lift = body.let(f"and i64 {body.let(f'ashr i64 {rest}, 63')}, {b}")
        return body.let(f"add i64 {rest}, {lift}")
    safe = _safe(body, b)
    _, rest = _truncated(body, a, safe)
    lift = body.let(f"select i1 {_rounds_up(body, rest, safe)}, i64 {safe}, i64 0")
    return body.let(f"add i64 {rest}, {lift}")


def _number(text: str) -> int | None:
    return int(text) if text.lstrip("-").isdigit() else None


def _truncated(body: Body, a: str, b: str) -> tuple[str, str]:
    quotient = body.let(f"sdiv i64 {a}, {b}")
    return quotient, body.let(f"srem i64 {a}, {b}")


def _safe(body: Body, b: str) -> str:
    """`b`, or 1 where dividing by it could trap (b is 0 or -1)."""
    next_up = body.let(f"add i64 {b}, 1")
    traps = body.let(f"icmp ult i64 {next_up}, 2")
    return body.let(f"select i1 {traps}, i64 1, i64 {b}")


def _rounds_up(body: Body, rest: str, b: str) -> str:
    """Whether rounding towards zero went up: there is a rest and its sign is not the divisor's."""
    there = body.let(f"icmp ne i64 {rest}, 0")
    differs = body.let(f"icmp slt i64 {body.let(f'xor i64 {rest}, {b}')}, 0")
    return body.let(f"and i1 {there}, {differs}")


def _is(body: Body, a: str, number: str) -> str:
    return body.let(f"icmp eq i64 {a}, {number}")
