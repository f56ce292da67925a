from __future__ import annotations

from splx.lang.kernel import Struct


class Thread(Struct):
    next: "Thread"


class Mutex(Struct):
    owner: Thread


def run(m: Mutex, n: int) -> None:
    m.owner = m
    m.owner = n
