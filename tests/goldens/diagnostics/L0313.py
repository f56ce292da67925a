from __future__ import annotations

from splx.lang.kernel import context


@context("THREAD")
def refill() -> None: ...
