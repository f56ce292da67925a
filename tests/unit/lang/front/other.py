"""Names of another module."""

from __future__ import annotations

LIMIT = 70


def helper(n: int) -> int:
    return n
