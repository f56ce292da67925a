from __future__ import annotations

from splx.lang.kernel import context


@context()
def refill() -> None: ...
