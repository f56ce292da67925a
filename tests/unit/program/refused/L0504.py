# frame: 4
from __future__ import annotations

from splx.lang.kernel import Struct, i64


class Regs(Struct):
    a: i64
    b: i64
    c: i64


def rotate(r: Regs) -> None:
    a = r.a
    b = r.b
    c = r.c
    r.a = b
    r.b = c
    r.c = a
