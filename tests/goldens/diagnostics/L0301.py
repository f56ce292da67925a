from __future__ import annotations

from splx.lang.kernel import HARDINT, SOFTINT, THREAD, Struct, context, i64, slot


class Mutex(Struct):
    word: i64


@slot
@context(THREAD)
def mutex_enter(m: Mutex) -> None: ...


stats = Mutex()


def account() -> None:
    mutex_enter(stats)


@context(HARDINT)
def nic_intr() -> None:
    mutex_enter(stats)


@context(THREAD, SOFTINT)
def nic_soft() -> None:
    account()
