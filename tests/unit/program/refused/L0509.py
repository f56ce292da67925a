from __future__ import annotations

from splx.lang.kernel import Func, Struct


class Callout(Struct):
    c_func: Func


def tick(arg: int, now: int) -> None:
    pass


callout = Callout(c_func=tick)


def hardclock() -> None:
    callout.c_func(0)
