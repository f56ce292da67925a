from __future__ import annotations

from splx.lang.kernel import Struct, i64, u8


class Mutex(Struct):
    word: i64
    ipl: u8


def run(m: Mutex) -> int:
    m.wrod = 1
    return m.level
