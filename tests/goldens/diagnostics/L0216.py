from __future__ import annotations

from splx.lang.kernel import Struct


class Thread(Struct):
    next: "Thread"


def run(t: Thread, n: int) -> bool:
    a = t == n
    b = t < t.next
    return (n > 2) == n
