"""A search by cost: whatever takes the fewest CPU switches and arrivals first, up to so many.

It sees what shows in a move or in a state: rules and properties that are broken, and standstills. What needs the graph
of all states is decided only if there is nothing left to see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.check import stuck
from splx.check.limits import End
from splx.check.properties import STANDSTILL
from splx.check.search import Want

if TYPE_CHECKING:
    from splx.check.checker import Checker
    from splx.check.driving import Progress
    from splx.check.finding import Finding
    from splx.check.groups import Group
    from splx.check.loading import Bounds
    from splx.check.properties import Property


def search_by_cost(
    checker: Checker, bounds: Bounds, most: int, wanted: tuple[Property, ...], progress: Progress | None
) -> tuple[End | None, int]:
    """Why not everything was seen (None: it was), and through which cost all was; -1 none."""

    def look() -> bool:
        if progress is not None:
            progress(checker.counts)
        return checker.stopped() or checker.s.raised != 0 or checker.s.n_states >= bounds.states

    want = checker.by_cost(most, look, still=STANDSTILL in wanted)
    if want is Want.NOTHING and not checker.s.raised:
        want = checker.count_again()
    ways = {Want.NOTHING: None, Want.COST: End.COST, Want.FINDING: End.FOUND, Want.FULL: End.MEMORY}
    through = checker.s.cost - (want not in (Want.NOTHING, Want.COST))
    over = End.STATES if checker.s.n_states >= bounds.states else End.ASKED
    return ways.get(want, over), through


def standstill(checker: Checker, groups: tuple[Group, ...]) -> Finding | None:
    """The finding of a search by cost that has come to a state in which nothing can move; None if it is another."""
    if checker.s.fail_state >= 0:
        return None
    return stuck.tell_still(checker, groups, checker.goal_state)
