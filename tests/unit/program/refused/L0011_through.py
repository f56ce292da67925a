from __future__ import annotations

from collections.abc import Callable

from splx.lang.kernel import Struct


class Source(Struct):
    is_func: Callable[[int], None]


def nic_intr(arg: int) -> None:
    splx(arg)


nic = Source(is_func=nic_intr)


def splx(level: int) -> None:
    if level == 0:
        replay(level)


def replay(level: int) -> None:
    nic.is_func(level)
