"""The cheapest way along the edges of all states is the one that is found by making their moves anew."""

from dataclasses import replace

import pytest

from bench.models.philosophers import philosophers
from bench.models.tiny_kernel import CALM, JOINS, m4
from splx.check.bare import Start, bare
from splx.check.checker import Checker
from splx.check.groups import groups_of
from splx.check.limits import Limits
from splx.check.loading import Bounds
from splx.check.search import How, Want
from splx.check.stuck import tell_groups
from splx.check.verdict import check
from splx.lang.kernel import Struct, atomic, entry, i64, spin_while
from splx.machine.intrinsics import fetch_add_local, halt, swap, swap_local


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


class Flags(Struct):
    left: i64 = atomic()
    right: i64 = atomic()


flags = Flags()


@entry
def sets(steps: int) -> None:
    """A flag, and goes on; if it takes fewer than 9 steps, it does what it must not."""
    for _ in range(steps):
        flags.left = flags.left + 1
    assert steps > 8, "too few"
    while True:
        flags.right = 1


@entry
def looks(_: int) -> None:
    """Wrong as soon as the other has begun."""
    while True:
        assert flags.left == 0, "begun"


@entry
def adds_unlocked(_: int) -> None:
    """What it writes is what it has read and one more, whatever came between."""
    fetch_add_local(flags.left, 1)
    assert flags.right == 0 or flags.left != 1, "lost"
    while True:
        flags.right = 1


@entry
def writes(_: int) -> None:
    flags.left = 2
    flags.right = 1
    while True:
        flags.right = 1


SMALLER = [Bounds(), Bounds(fuse=False), Bounds(single=True)]


@pytest.mark.parametrize("tso", [False, True])
@pytest.mark.parametrize("bounds", SMALLER)
@pytest.mark.parametrize("limits", [Limits(), Limits(cost=2)])
def test_to_come_back_for_the_second_half_of_an_operation_is_one_switch(bounds, limits, tso):
    """Away after the read, and back for the write and all that follows. With store buffers it would do to be away
    while the write waits, but then it reads its own.
    """
    built = bare("halves", [Start(adds_unlocked, cpu=0), Start(writes, cpu=1)])
    found = check(built, replace(bounds, tso=tso), limits=limits).finding
    assert (found.why.split(",")[0], found.cost) == ("lost", 2)


@pytest.mark.parametrize("tso", [False, True])
@pytest.mark.parametrize("bounds", SMALLER)
def test_the_switch_to_the_last_move_counts_however_much_is_one_move(bounds, tso):
    """Whether the move that is wrong begins with the look at the word or comes after it: the story has one switch."""
    built = bare("looked", [Start(sets, 9, 0), Start(looks, 0, 1)])
    for limits in (Limits(), Limits(cost=1)):
        found = check(built, replace(bounds, tso=tso), limits=limits).finding
        assert (found.why.split(",")[0], found.cost) == ("begun", 1)


@pytest.mark.parametrize("bounds", SMALLER)
@pytest.mark.parametrize("limits", [Limits(), Limits(cost=0)])
def test_what_needs_no_switch_is_told_before_what_needs_fewer_moves_and_one(bounds, limits):
    found = check(bare("either", [Start(sets, 2, 0), Start(looks, 0, 1)]), bounds, limits=limits).finding
    assert (found.why.split(",")[0], found.cost) == ("too few", 0)


@pytest.mark.parametrize(
    ("steps", "states", "limits"), [(9, 6, Limits(cost=1, piece=1)), (9000, 1 << 30, Limits(cost=1, memory=15_000_000))]
)
def test_a_search_that_has_to_end_before_tells_what_it_has(steps, states, limits):
    """Of all that costs no switch it has not seen all."""
    built = bare("looked", [Start(sets, steps, 0), Start(looks, 0, 1)])
    found = check(built, Bounds(states=states), limits=limits)
    assert (found.finding.why.split(",")[0], found.finding.cost, found.through) == ("begun", 1, -1)


def test_where_ways_are_forgotten_it_is_told_at_once_with_what_it_costs():
    checker = Checker(bare("looked", [Start(sets, 9, 0), Start(looks, 0, 1)]), Bounds(fuse=False))

    def alone():
        checker.s.alone = 1
        return False

    assert checker.by_cost(0, alone, lambda: None, still=False, visits=1) is Want.FINDING
    assert (checker.known[0], checker.cost_of(checker.known[1]), checker.hasty) == (1, 1, True)


class Box(Struct):
    x: i64 = atomic()
    y: i64
    z: i64


box = Box()


@entry
def writes_and_reads(unused: int) -> None:
    spin_while(box.x == 2)
    box.y = 0
    read = box.y
    box.y = read
    while True:
        halt()


@entry
def swaps(unused: int) -> None:
    box.x = 2
    swap(box.y, 0)
    swap_local(box.x, 1)
    while True:
        halt()


@entry
def looks_then_adds(unused: int) -> None:
    if box.z == 0:
        box.y = 2
    box.y += 1
    while True:
        halt()


def test_what_a_cpu_is_about_to_do_is_not_known_before_all_moves_of_a_state_have_been_made():
    starts = [Start(each, 0, cpu) for cpu, each in enumerate((writes_and_reads, swaps, looks_then_adds))]
    found = check(bare("added", starts, statics=[box]), only=("races",)).finding
    assert found.cost == 1
