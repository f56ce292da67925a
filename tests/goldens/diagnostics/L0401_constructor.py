from __future__ import annotations

from splx.lang.kernel import Struct, i64, u8


class Mutex(Struct):
    word: i64
    ipl: u8


lock = Mutex(
    word=0,
    level=3,
)
