"""A story without what happens in it once more and changes nothing.

A fused step may go round a loop in which nobody else can see anything until it is cut for its length: hundreds of times
the same, instruction by instruction. What is left out here is exactly what has just happened, from the same state: no
state that the story comes to and nothing that is done in it is lost, so a round that was fair is fair still.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from splx.check.path import make_ready, perform, standing
from splx.check.search import Move
from splx.check.watched import classes_of
from splx.stage.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.check.finding import Finding
    from splx.check.loading import Bounds
    from splx.scenario.system import System


class _Way:
    """Moves, and a number for each state that they come to, the first one's first: equal if the states are."""

    def __init__(self, state: int) -> None:
        self.moves: list[int] = []
        self.states = [state]

    def add(self, move: int, state: int) -> None:
        """One more; what now stands there twice, one behind the other, stands there once."""
        self.moves.append(move)
        self.states.append(state)
        end = len(self.moves)
        length = next((n for n in range(1, end // 2 + 1) if self.states[end - n] == state), 0)
        if length and self.states[end - 2 * length] == state and self.ends_in(self.moves[-length:], length):
            self.cut(length)

    def ends_in(self, moves: Sequence[int], before: int = 0) -> bool:
        """Whether these moves, which are of one CPU alone, are its last ones but for so many."""
        end = len(self.moves) - before
        return _is_alone(moves) and self.moves[max(0, end - len(moves)) : end] == list(moves)

    def cut(self, length: int) -> None:
        """Without its last moves."""
        del self.moves[-length:], self.states[-length:]


def _is_alone(moves: Sequence[int]) -> bool:
    """Whether they are steps of one CPU, and its stores that become visible."""
    kinds, cpus = {each >> 24 for each in moves}, {each >> 16 & 0xFF for each in moves}
    return kinds <= {Move.STEP, Move.VISIBLE} and len(cpus) == 1


def once_each(system: System, bounds: Bounds, found: Finding) -> Finding:
    """The same finding, without what is done once more in its round, and on the way there."""
    klass = classes_of(system, bounds)
    stage = Stage(system, silent=True)
    make_ready(stage, klass)

    def performed(moves: Sequence[int]) -> _Way:
        way = _Way(hash(standing(stage)))
        for move in moves:
            perform(stage, move, klass, tso=bounds.tso, coupled=bounds.coupled)
            way.add(move, hash(standing(stage)))
        return way

    moves, cycle = performed(found.moves), performed(found.cycle)
    again = len(cycle.moves)
    while 0 < again <= len(moves.moves) and moves.states[-1 - again] == moves.states[-1] and moves.ends_in(cycle.moves):
        moves.cut(again)
    return replace(found, moves=tuple(moves.moves), cycle=tuple(cycle.moves))
