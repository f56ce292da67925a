"""Arithmetic that wraps on purpose, and what machines can do with bits.

Expressions of the language are integers that are expected to fit 64 bits with a sign. Where the *low* 64 bits are
wanted (random numbers, hashes, bit sets that use bit 63), code says so with these functions. As plain Python they are
what stands here; the native back end knows each by identity and makes one or two machine instructions of it.
"""

from __future__ import annotations

from splx.lang.intrinsic import intrinsic

_ONES = (1 << 64) - 1
_SIGN = 1 << 63


def _wrap(value: int) -> int:
    return ((value + _SIGN) & _ONES) - _SIGN


def _shift_count(n: int) -> int:
    if not 0 <= n < 64:
        raise ValueError(f"a shift by {n}: 64-bit words shift by 0 to 63")
    return n


@intrinsic
def wadd(a: int, b: int) -> int:
    """`a + b`, wrapped to 64 bits with a sign."""
    return _wrap(a + b)


@intrinsic
def wsub(a: int, b: int) -> int:
    """`a - b`, wrapped to 64 bits with a sign."""
    return _wrap(a - b)


@intrinsic
def wmul(a: int, b: int) -> int:
    """`a * b`, wrapped to 64 bits with a sign."""
    return _wrap(a * b)


@intrinsic
def ushr(a: int, n: int) -> int:
    """The 64-bit pattern of `a`, shifted right by `n` with zeros coming in. ValueError unless 0 <= n < 64."""
    return _wrap((a & _ONES) >> _shift_count(n))


@intrinsic
def umulh(a: int, b: int) -> int:
    """The high 64 bits of the product of two 64-bit patterns read without a sign."""
    return _wrap(((a & _ONES) * (b & _ONES)) >> 64)


@intrinsic
def bit(n: int) -> int:
    """The word with only bit `n` set; `bit(63)` is negative. ValueError unless 0 <= n < 64."""
    return _wrap(1 << _shift_count(n))


@intrinsic
def popcount(a: int) -> int:
    """How many bits of the 64-bit pattern of `a` are set."""
    return (a & _ONES).bit_count()


@intrinsic
def ctz(a: int) -> int:
    """The index of the lowest set bit; 64 for 0."""
    return (a & -a & _ONES).bit_length() - 1 if a & _ONES else 64


@intrinsic
def fls(a: int) -> int:
    """The index of the highest set bit; -1 for 0."""
    return (a & _ONES).bit_length() - 1
