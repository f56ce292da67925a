from __future__ import annotations

from splx.lang.kernel import Struct, guarded_by, i64


class Ring(Struct):
    head: i64 = guarded_by("ring_lok")
    tail: i64 = guarded_by("size")
    size: bool


ring = Ring()


def nic_intr() -> None:
    ring.head = 1
