from __future__ import annotations

from splx.lang.kernel import Struct


class Thread(Struct):
    next: "Thread"


def last(t: Thread) -> bool:
    return t.next is None
