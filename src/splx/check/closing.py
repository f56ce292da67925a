"""Where a circle of locks closes: the first state in which all its locks are held and nobody in it moves."""

from __future__ import annotations

from splx.check.cheapest import all_there
from splx.check.explore import load_state, restore
from splx.check.moves import attempt
from splx.check.search import Move, Outcome, Search
from splx.lang.wide import ctz
from splx.stage.holders import Many


def next_closed(s: Search, start: int, locks: int, groups: int) -> int:
    """The first state from `start` on in which all of these locks are held, by their bits, and these groups are there
    and would do no more than look again; -1 none.
    """
    for state in range(start, s.n_states):
        load_state(s, state)
        if all_held(s, locks) and all_there(s, groups):
            moving = 0
            for c in range(s.machine.tables.n_cpus):
                s.n_chosen = 0
                if attempt(s, Move.STEP, c) == Outcome.DONE:
                    moving = moving | s.progress
                restore(s)
            if (moving & groups) == 0:
                return state
    return -1


def all_held(s: Search, locks: int) -> bool:
    """Whether the words of these locks, by their bits, say that somebody has them."""
    left = locks
    while left != 0:
        lock = ctz(left)
        free = s.machine.state.mem[s.ordered_at[lock]] == 0
        if free and (s.many[lock] == Many.NOT or s.machine.state.mem[s.many_at[lock]] == 0):
            return False
        left = left & (left - 1)
    return True
