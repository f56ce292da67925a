from __future__ import annotations

from splx.lang.kernel import Struct, i8, u8


class Mutex(Struct):
    ipl: u8
    depth: i8


def run(m: Mutex) -> None:
    m.ipl = 256
    m.ipl = -1
    m.depth = 128
