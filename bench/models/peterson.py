"""Peterson's algorithm: for two, and the filter for more.

`peterson`: every load and every store of a shared word is a step, and nothing else is. `filter_lock`: the steps are the
statements that SPIN makes of the model, those on locals among them.
"""

from __future__ import annotations

from splx.check.bare import Start, bare
from splx.lang.kernel import Array, Const, Struct, array, atomic, atomic_step, entry, i64
from splx.machine.intrinsics import choose
from splx.scenario.system import System

N = Const("N")
MOST = 8


class Filter(Struct):
    """Where each thread is, and who came last to each level."""

    level: Array[i64] = array(MOST, atomic())
    victim: Array[i64] = array(MOST, atomic())


class Inside(Struct):
    """Who is in the critical section, and how many."""

    count: i64


shared = Filter()
inside = Inside()


@entry
def thread(me: int) -> None:
    """Through all levels, in and out."""
    while True:
        for level in range(1, N):
            shared.level[me] = level
            shared.victim[level] = me
            other = 0
            while other < N:
                if other != me and shared.level[other] >= level and shared.victim[level] == me:
                    other = 0
                else:
                    other += 1
        inside.count += 1
        assert inside.count == 1, "two in the critical section"
        inside.count -= 1
        shared.level[me] = 0


# ---- the same, by statements


RESTART, NEXT, SKIP, THROUGH = range(4)


@atomic_step
def say(value: int) -> int:
    """An assignment to a local: a step that nobody sees."""
    return value


@atomic_step
def begin(level: int) -> int:
    """The same; what the local held until then is part of the state."""
    return min(level, 1)


@atomic_step
def below(level: int) -> bool:
    """The condition of a loop."""
    return level < N


@atomic_step
def come_to(me: int, level: int) -> None:
    """Say which level."""
    shared.level[me] = level


@atomic_step
def come_last(me: int, level: int) -> None:
    """And give way to others there."""
    shared.victim[level] = me


@atomic_step
def look_at(me: int, level: int, other: int) -> int:
    """The way to go on. Where two are open, either."""
    if other >= N:
        return THROUGH
    behind = other == me or shared.level[other] < level
    if shared.victim[level] != me:
        if behind:
            return NEXT + choose(2)
        return SKIP
    return NEXT if behind else RESTART


@atomic_step
def come_in() -> None:
    """One more."""
    inside.count += 1


@atomic_step
def look() -> None:
    """Nobody else is there."""
    assert inside.count == 1, "two in the critical section"


@atomic_step
def go_out() -> None:
    """One less."""
    inside.count -= 1


@entry
def process(me: int) -> None:
    """Through all levels, in and out. No loop has a condition: its first test would be another step than the later."""
    level = 1
    while True:
        level = begin(level)
        while True:
            if not below(level):
                break
            come_to(me, level)
            come_last(me, level)
            other = say(0)
            while True:
                way = look_at(me, level, other)
                if way == THROUGH:
                    break
                if way == RESTART:
                    other = say(0)
                elif way == NEXT:
                    other = say(other + 1)
                else:
                    other = say(N)
            level += 1
        come_in()
        look()
        go_out()
        come_to(me, 0)


def peterson(n: int = 2) -> System:
    """`n` threads, each on a CPU."""
    return bare("Peterson", [Start(thread, cpu, cpu, f"thread {cpu}") for cpu in range(n)], consts={"N": n})


def filter_lock(n: int = 4) -> System:
    """The same by statements."""
    return bare("filter lock", [Start(process, cpu, cpu, f"process {cpu}") for cpu in range(n)], consts={"N": n})
