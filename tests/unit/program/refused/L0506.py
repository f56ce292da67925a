# slot: mutex_enter = sleeping_enter
from __future__ import annotations

from splx.lang.kernel import HARDINT, THREAD, Struct, context, i64, slot


class Mutex(Struct):
    word: i64


@slot
@context(THREAD, HARDINT)
def mutex_enter(m: Mutex) -> None: ...


@context(THREAD)
def sleeping_enter(m: Mutex) -> None:
    m.word = 1


stats = Mutex()


@context(HARDINT)
def nic_intr() -> None:
    mutex_enter(stats)
