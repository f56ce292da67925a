from __future__ import annotations

from splx.lang.kernel import Struct, u8


class Mutex(Struct):
    ipl: u8 = 300


def run(m: Mutex) -> int:
    return m.ipl
