from __future__ import annotations

from splx.lang.kernel import entry


@entry
def lwp_startup(arg: int) -> None:
    pass


def fork(arg: int) -> None:
    lwp_startup(arg)
