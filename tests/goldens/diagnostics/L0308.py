from __future__ import annotations

from splx.lang.kernel import Struct, at, i64


class Mutex(Struct):
    word: i64


def run(n: int) -> int:
    m = at(n, 64)
    return n
