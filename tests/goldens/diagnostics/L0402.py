from __future__ import annotations

from splx.lang.kernel import Struct, i64


class Ring(Struct):
    name: str
    slots: dict[int, int]
    head: i64


def run(r: Ring) -> int:
    return r.head
