"""A rule that is broken before anybody comes to where another could look: there is nothing to search."""

import pytest

from splx.check.bare import Start, bare
from splx.check.limits import Limits
from splx.check.loading import Bounds
from splx.check.story import story_of
from splx.check.verdict import check
from splx.lang.kernel import Struct, entry, i64


class Box(Struct):
    n: i64


box = Box()


@entry
def first(me: int) -> None:
    """Wrong for one of the two."""
    assert me == 0, "not the first"
    while True:
        box.n = me


@pytest.mark.parametrize("fuse", [False, True])
@pytest.mark.parametrize("cost", [-1, 3])
def test_the_story_has_no_move(fuse, cost):
    system = bare("two", [Start(first, 0, 0), Start(first, 1, 1)])
    verdict = check(system, Bounds(fuse=fuse), limits=Limits(cost=cost))
    found = verdict.finding
    assert (found.code, found.moves, found.cost) == ("R0001", (), 0)
    assert "not the first" in found.why
    assert "stops: not the first" in story_of(verdict)
