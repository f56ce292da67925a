"""Whether a story comes to what it tells: its moves are made on a stage, and must end where the search has been, or in
the rule that it has seen broken. One that does not is a mistake of ours, and nothing to be printed as true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splx.check.path import make_ready, perform
from splx.machine.constants import IN_USE
from splx.machine.constants import Finding as Rule
from splx.stage.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.check.checker import Checker

#: Rules that a search alone may know to be broken: a step without an end, an item that was done before.
UNSEEN = frozenset({Rule.NONE, Rule.IN_FLIGHT})


class UntrueError(RuntimeError):
    """A story does not come to what it is told of."""


def breaks(stage: Stage, rule: int) -> None:
    """A story that breaks a rule has been performed: it is broken there."""
    found = stage.machine.beside.finding
    if rule not in UNSEEN and found != rule:
        raise UntrueError(f"the story ends in {Rule(found).name}, not in {Rule(rule).name}")


def comes_to(checker: Checker, moves: Sequence[int]) -> Stage:
    """A stage on which the moves have been made: where they lead is the machine at hand. Where CPUs are not told apart
    the one at hand may have them turned.
    """
    s, stage = checker.s, Stage(checker.system, silent=True)
    make_ready(stage, checker.klass)
    for move in moves:
        perform(stage, move, checker.klass, tso=bool(s.tso), coupled=bool(s.coupled))
    known = not s.n_turns and not s.raised  # else the search begins anew, and nobody tells this
    if known and (stage.stopped or places(stage) != _places(stage, s.machine.state)):
        raise UntrueError("the story ends elsewhere than the search has been")
    return stage


def places(stage: Stage) -> tuple[object, ...]:
    """Where everybody is."""
    return _places(stage, stage.machine.state)


def _places(stage: Stage, state: Any) -> tuple[object, ...]:  # noqa: ANN401 - a machine's
    used = [ctx for ctx in range(len(stage.system.contexts)) if state.status[ctx] == IN_USE]
    contexts = [(ctx, state.pc[ctx], state.below[ctx], state.runs_on[ctx]) for ctx in used]
    cpus = [(state.cur[cpu], state.iflag[cpu], state.level[cpu], state.halted[cpu]) for cpu in range(stage.system.cpus)]
    return contexts, cpus
