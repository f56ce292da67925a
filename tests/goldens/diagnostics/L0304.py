from __future__ import annotations

from splx.lang.kernel import Struct, atomic, i64, on_cpu


class Ring(Struct):
    head: i64 = atomic()


ring = Ring()


def head_of(cpu: int) -> int:
    a = on_cpu(ring, cpu).head
    return on_cpu(ring, cpu)
