from __future__ import annotations

from splx.lang.kernel import Struct, i64


class Ring(Struct):
    head: i64
    owner: Thread


def run(r: Ring) -> int:
    return r.head
