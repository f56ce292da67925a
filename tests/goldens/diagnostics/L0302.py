from __future__ import annotations

from splx.lang.kernel import Struct, i64, stat


class Ring(Struct):
    drops: i64 = stat()


ring = Ring()


def overloaded() -> bool:
    ring.drops += 1
    ring.drops = 0
    ring.drops *= 2
    return ring.drops > 100
