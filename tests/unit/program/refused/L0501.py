from __future__ import annotations

from splx.lang.kernel import slot


@slot
def splraise(level: int) -> int: ...


def nic_intr() -> None:
    splraise(6)
