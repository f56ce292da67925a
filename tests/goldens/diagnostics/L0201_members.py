from __future__ import annotations

from splx.lang.kernel import Handle, Struct, i64

from enum import IntEnum


class State(IntEnum):
    RUN = 1


class Mutex(Struct):
    word: i64
    WAITERS = 1


def run(n: int) -> int:
    a = State.RNU
    return Mutex.WAITER


# front: run
