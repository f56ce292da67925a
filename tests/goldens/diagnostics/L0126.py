from __future__ import annotations

from splx.lang.kernel import Struct, i64


class Ring(Struct):
    head: i64


ring = Ring()


def drain(n: int) -> None:
    with ring:
        ring.head = n
    with n:
        pass
