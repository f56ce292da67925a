from __future__ import annotations

from splx.lang.struct import Struct
from splx.lang.types import i64


class Node(Struct):
    value: i64
    next: Node


def run(n: Node) -> int:
    return n.value
