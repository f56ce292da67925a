"""A search by cost: whatever takes the fewest CPU switches and arrivals first, up to so many.

It sees what shows in a move or in a state: rules and properties that are broken, and standstills. What needs the graph
of all states is decided only if there is nothing left to see.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from splx.check import stuck
from splx.check.driving import kept
from splx.check.growing import Progress, Telling
from splx.check.limits import End
from splx.check.properties import STANDSTILL
from splx.check.room import OutOfRoom
from splx.check.search import Want
from splx.check.split import last_cost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splx.check.checker import Checker
    from splx.check.finding import Finding
    from splx.check.groups import Group
    from splx.check.keep import Keeper
    from splx.check.limits import Limits
    from splx.check.loading import Bounds
    from splx.check.properties import Property


def search_by_cost(
    checker: Checker, bounds: Bounds, about: Mapping[str, str], limits: Limits, wanted: tuple[Property, ...],
    progress: Progress | None = None, *, again: bool = False,
) -> tuple[End | None, int]:  # fmt: skip
    """Why not everything was seen (None: it was), and through which cost all was; -1 none. The rest as `search`."""
    try:
        with kept(checker, about, limits, again=again) as keeper:
            want = _seen(checker, bounds, limits, wanted, progress, keeper)
    except OutOfRoom:
        return End.MEMORY, -1
    through = checker.s.cost - (want not in (Want.NOTHING, Want.COST)) - checker.hasty
    if want is Want.COST and not checker.s.raised and not checker.s.forgotten and checker.is_all():
        want = Want.NOTHING
    if want is Want.NOTHING and not checker.s.raised:
        want = checker.count_again()
    last = End.COST if checker.s.most_cost == limits.cost else End.MEMORY
    ways = {Want.NOTHING: None, Want.COST: last, Want.FINDING: End.FOUND, Want.FULL: End.MEMORY}
    over = End.STATES if checker.s.n_states >= bounds.states else End.ASKED
    return ways.get(want, over), through


def _seen(
    checker: Checker, bounds: Bounds, limits: Limits, wanted: tuple[Property, ...], progress: Progress | None,
    keeper: Keeper | None,
) -> Want:  # fmt: skip
    """The search itself, kept now and then, and where it ends; not if it is to begin anew."""
    s, tell = checker.s, Telling(progress, limits.every)

    def look() -> bool:
        tell(checker)
        if checker.stopped() or s.raised != 0 or s.n_states >= bounds.states:
            return True
        if keeper is not None and keeper.is_due(limits.every):
            keeper.save(checker)
        return False

    def full() -> None:
        """What comes now is forgotten: with more memory, the search goes on from here."""
        nonlocal keeper
        if keeper is not None and not s.raised:
            keeper.save(checker)
        keeper = None

    begun, still = keeper is not None and keeper.began, STANDSTILL in wanted
    last = partial(last_cost, checker, limits.jobs, look) if limits.jobs > 1 and keeper is None else None
    visits = min(limits.piece, bounds.states)
    want = checker.by_cost(limits.cost, look, full, still=still, visits=visits, begun=begun, last=last)
    if keeper is not None and want is not Want.FINDING and not s.raised:
        keeper.save(checker)
    return want


def standstill(checker: Checker, groups: tuple[Group, ...]) -> Finding | None:
    """The finding of a search by cost that has come to a state in which nothing can move; None if it is another."""
    if checker.s.fail_state >= 0:
        return None
    return stuck.tell_still(checker, groups, checker.goal_state)
