"""The cheapest way along the edges of all states is the one that is found by making their moves anew."""

import pytest

from bench.models.philosophers import philosophers
from bench.models.tiny_kernel import CALM, JOINS, m4
from splx.check.checker import Checker
from splx.check.groups import groups_of
from splx.check.loading import Bounds
from splx.check.search import How
from splx.check.stuck import tell_groups


@pytest.mark.parametrize("symmetry", [False, True])
def test_with_edges_and_without_it_is_the_same(symmetry):
    ways = []
    for whole in (1, 0):
        system, bounds = m4(2), Bounds(coupled=True, joins=JOINS, calm=CALM, symmetry=symmetry)
        checker, groups = Checker(system, bounds), groups_of(system)
        tell_groups(checker, groups)
        checker.explore()
        checker.connect()
        checker.mark_movers(len(groups))
        found = []
        for number in range(len(groups)):
            checker.s.whole = whole
            found.append(checker.cheapest(1 << number, group=number, how=How.ANY))
        checker.s.whole = whole
        ways.append([*found, checker.cheapest(1, how=How.STILL)])
        assert checker.s.whole == whole
    assert ways[0] == ways[1]
    assert ways[0][-1] is not None


def test_who_looked_round_since_has_no_edges_of_all_states():
    system = philosophers(3, alike=True)
    checker, groups = Checker(system), groups_of(system)
    tell_groups(checker, groups)
    checker.explore()
    checker.connect()
    checker.mark_movers(len(groups))
    best = checker.cheapest(1, group=0, how=How.ANY)
    checker.look_round(3)
    assert checker.s.whole == 0
    assert checker.cheapest(1, group=0, how=How.ANY) == best
    assert (best[0], len(best[1])) == (2, 3)
