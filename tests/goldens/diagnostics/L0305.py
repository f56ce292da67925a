from __future__ import annotations

from splx.lang.kernel import Struct, atomic, i64, spin_while


class Mutex(Struct):
    word: i64 = atomic()


lock = Mutex()


def taken(m: Mutex) -> bool:
    m.word = 1
    return True


def wait() -> None:
    spin_while(lock.word != 0 and taken(lock))
    a = spin_while(lock.word != 0)
