"""Choices: instructions with more than one outcome. A move is made once for each combination of outcomes."""

from __future__ import annotations

from splx.check.search import FIRED, Beyond, Class, Search
from splx.lang.kernel import inline
from splx.machine.state import REGS

MOST = 16  # outcomes of one choice: a digit


@inline
def register(s: Search, ctx: int, number: int) -> int:
    """A register of a context."""
    return s.machine.state.regs[ctx * REGS + number]


def choices(s: Search, ctx: int, pc: int) -> int:
    """Among how many outcomes the instruction at `pc` has to choose, 0 if it does not."""
    if (s.klass[pc] & Class.COUNTED) != 0:
        among = register(s, ctx, s.machine.tables.code[pc].a)
        if among > MOST:
            s.beyond = Beyond.OUTCOMES
        return max(1, min(MOST, among))
    return 2 if (s.klass[pc] & Class.CHOICE) != 0 else 0


def choose(s: Search, ctx: int, dst: int, among: int) -> None:
    """Give a choice that an instruction has its outcome."""
    if s.moves_made < FIRED:
        s.machine.state.regs[ctx * REGS + dst] = decide(s, among)
    else:
        s.beyond = Beyond.CHOICES


def decide(s: Search, among: int) -> int:
    """The outcome of a choice: the one that this move is to have, or the first."""
    k = s.moves_made
    if k >= FIRED:
        s.beyond = Beyond.CHOICES
        return 0
    s.moves_made = k + 1
    if k >= s.n_chosen:
        s.chosen[k] = 0
        s.n_chosen = k + 1
    s.among[k] = among
    s.looked[s.n_looked] = -1 - k
    s.n_looked = s.n_looked + 1
    return s.chosen[k]


def another(s: Search) -> bool:
    """Turn to the next combination of choices; false after the last."""
    while s.n_chosen > 0:
        k = s.n_chosen - 1
        s.chosen[k] = s.chosen[k] + 1
        if s.chosen[k] < s.among[k]:
            return True
        s.n_chosen = k
    return False


def digits(s: Search) -> int:
    """The choices of this move as a number."""
    found = 0
    for k in range(s.n_chosen):
        found = found | s.chosen[k] << (4 * k)
    return found
