from __future__ import annotations

from splx.lang.kernel import level


@level("IPL_VM")
def refill() -> None: ...
