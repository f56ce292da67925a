from __future__ import annotations

from splx.lang.kernel import Struct


class Thread(Struct):
    next: "Thread"


def run(t: Thread, n: int) -> int:
    while n:
        n -= 1
    if t.next:
        n = 1
    return 1 if n & 1 else 0
