"""A search that went through some cost, and a circle in the order of locks: whether it closes within that cost.

Who is stuck for ever is read off the graph of all states, which such a search has not seen. But where a circle has
closed little can happen any more, so all that can is looked at, whatever it costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.check import properties, stuck
from splx.check.cheapest import AIM
from splx.check.search import How, Want

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from splx.check.checker import Checker
    from splx.check.circle import Taken
    from splx.check.finding import Finding
    from splx.check.groups import Group
    from splx.check.properties import Property

LOOKS = 50_000  # states to look at in all, behind those in which it may have closed


def closes(
    checker: Checker, groups: tuple[Group, ...], circle: Sequence[Taken], wanted: Collection[Property]
) -> Finding | None:
    """The finding of those who are stuck in the circle, if it was seen to close."""
    if checker.s.forgotten or not {properties.STUCK, properties.ASLEEP} & set(wanted):
        return None
    locks = sum(1 << lock for lock in {each.code & 63 for each in circle})
    actors = sum(1 << number for number in {each.code >> 12 & 63 for each in circle})
    state, known, left = -1, checker.s.n_states, LOOKS
    while left > 0:
        state = int(checker.run["next_closed"](checker.buffer, state + 1, locks, actors))
        if not 0 <= state < known:
            return None
        moving, waking, looks = who_can_move(checker, state, actors, left)
        left -= looks
        if moving is not None:
            return _tell(checker, groups, state, (moving, waking), wanted)
    return None


def who_can_move(checker: Checker, start: int, actors: int, most: int) -> tuple[int | None, int, int]:
    """The groups, as bits, that come to move behind a state; None if one of `actors` does, or nobody knows after so
    many looks. Those that are awake somewhere there; and how many looks it took.
    """
    queue, seen, moving, waking = [start], {start}, 0, 0
    for looks, at in enumerate(queue):
        if looks >= most:
            return None, 0, looks
        waking |= int(checker.run["awake"](checker.buffer, at, checker.n_groups))
        want, edges = checker.look_round(at)
        if want is Want.FINDING:  # a rule is broken beyond the cost that was seen: what else can happen is not known
            return None, 0, looks + 1
        for number, (_, to) in enumerate(edges):
            moving |= checker.table("edge_who")[number]
            if to not in seen:
                seen.add(to)
                queue.append(to)
        if moving & actors:
            return None, 0, looks + 1
    return moving, waking, len(queue)


def _tell(
    checker: Checker, groups: tuple[Group, ...], state: int, who: tuple[int, int], wanted: Collection[Property]
) -> Finding | None:
    """Who is stuck there, and the cheapest way; `who` moves behind it, and is awake there."""
    moving, checker.table("wakes", checker.s.n_states + 1)[state] = who
    mark = checker.table("mark", checker.s.n_states + 1)
    mark[state] = moving | 1 << AIM
    cost, moves = checker.cheapest_or(checker.moves_to(state), 1, how=How.AIM)
    mark[state] = moving
    return stuck.tell_closed(checker, groups, state, (cost, moves), wanted)
