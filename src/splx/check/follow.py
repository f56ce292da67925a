"""A fused move in the moves of the search that fuses nothing: what a story and a replay perform."""

from __future__ import annotations

from splx.check.explore import restore
from splx.check.intern import intern
from splx.check.moves import attempt
from splx.check.parts import gather
from splx.check.search import FIRED, Outcome, Search


def follow(s: Search, kind: int, who: int, digits: int) -> int:
    """Make a move, note in `cut` where it would have ended, and stay where it leads, unless that is nowhere: it broke a
    rule. Returns its Outcome.
    """
    s.n_cuts = 0
    s.since_cut = 0
    s.unseen = 0
    s.cut_cpu = who
    s.cutting = 1
    for k in range(FIRED):
        s.chosen[k] = (digits >> (4 * k)) & 15
    s.n_chosen = FIRED
    outcome = attempt(s, kind, who)
    s.cutting = 0
    s.n_chosen = 0
    if outcome == Outcome.DONE:
        keep(s)
    restore(s)
    return outcome


def keep(s: Search) -> None:
    """The machine at hand is another state, one that is known."""
    for k in range(s.n_dirty):
        part = s.dirty[k]
        s.is_dirty[part] = 0
        gather(s, part)
        s.value[part] = intern(s, part)
    s.n_dirty = 0
