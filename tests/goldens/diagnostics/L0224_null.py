from __future__ import annotations

from splx.lang.kernel import NULL, Struct


class Thread(Struct):
    next: Thread


def reverse(t: Thread) -> Thread:
    last = NULL
    while t is not NULL:
        last.next = t
        last = t
        t = t.next
    return last
