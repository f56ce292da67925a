from __future__ import annotations

from splx.lang.kernel import panic


def run(n: int) -> None:
    panic(n)
