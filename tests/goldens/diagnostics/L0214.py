from __future__ import annotations

from splx.lang.kernel import Struct, i64

import types


class Mutex(Struct):
    word: i64
    WAITERS = 1


def run(n: int) -> None:
    Mutex.WAITERS = n
