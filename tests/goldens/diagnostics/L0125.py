from __future__ import annotations

from splx.lang.kernel import Struct, i64, slot


@slot
def mutex_enter(m: Mutex) -> None: ...


@slot
def mutex_exit(m: Mutex) -> None: ...


class Mutex(Struct):
    word: i64
    enter_with = mutex_enter
    exit_with = mutex_exit


stats = Mutex()


def count(n: int) -> None:
    with stats as held:
        pass
