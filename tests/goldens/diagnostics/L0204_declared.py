from __future__ import annotations

from splx.lang.kernel import NULL, Struct


class Thread(Struct):
    next: Thread


class Mutex(Struct):
    owner: Thread


def run(t: Thread, m: Mutex, n: int) -> int:
    x = t
    x: int = n
    y = t
    y = m
    z = NULL
    z = n
    for y in range(n):
        pass
    return n
