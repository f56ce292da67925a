"""The finding of a context that spins for a lock which is held beneath it; see `beneath`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.check import properties
from splx.check.broken import EVERY_RULE
from splx.check.finding import Finding
from splx.check.groups import Stuck
from splx.check.onward import place_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from splx.check.checker import Checker
    from splx.check.groups import Group
    from splx.check.properties import Property


def look_beneath(checker: Checker, wanted: Collection[Property]) -> None:
    """Tell a search who holds which lock, if that is asked for."""
    system, s = checker.system, checker.s
    holders = checker.eyes.holders
    s.beneath_asked = int(properties.BENEATH in wanted and bool(holders.word))
    words = checker.table("holder_at", len(system.image.memory) + 1)
    for waited, at in holders.word.items():
        words[waited] = at
    s.n_holders = max(system.holders, default=-1) + 1
    contexts = checker.table("holder_ctx", s.n_holders)
    for held, context in system.holders.items():
        contexts[held] = context + 1


def held_finding(checker: Checker, groups: tuple[Group, ...]) -> Finding:
    """The finding: the search has come to the move that looks again."""
    s = checker.s
    s.passes, s.tears_asked = EVERY_RULE, 0
    _, moves = checker.cheapest_or(checker.moves_to(s.fail_state, s.fail_move), 0)
    cpu = s.fail_move >> 16 & 255
    checker.show(s.fail_state)
    state = s.machine.state
    pile = [state.cur[cpu]]
    while state.below[pile[-1]] >= 0:
        pile.append(state.below[pile[-1]])
    found = {each: context for context in reversed(pile) for each in groups if context in each.contexts}
    top = next(each for each in found if pile[0] in each.contexts)
    word = checker.eyes.names.place(s.fail_a, cpu)
    stuck = [Stuck(top, "spins", word, pile[0])]
    stuck += [Stuck(each, "beneath", "", context) for each, context in found.items() if each is not top]
    under = " and ".join(each.group.name for each in stuck[1:]) or "itself"
    verb = "spin" if top.name.startswith("interrupts") else "spins"
    why = f"{top.name} {verb} on {word}, which is held beneath on the same CPU, by {under}"
    place = next((place for each in stuck if (place := place_of(checker, each))), None)
    # the last move is to look once more, and no part of the story
    told = moves[:-1]
    return Finding(properties.BENEATH.code, why, tuple(told), checker.cost_of(told), tuple(stuck), place)
