"""Law: which states have a fair round for ever, against all strongly connected sets of small graphs."""

from array import array
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from splx.check.fair import ALIVE, WANTED
from splx.check.lasso import Rounds
from splx.check.search import Move

MOVERS = 3
BARRED, MUST = 1, 2


@st.composite
def graphs(draw):
    """States, edges (start, end, mover, bits) sorted by start, flags of the states, and whether something is asked."""
    n = draw(st.integers(1, 6))
    state = st.integers(0, n - 1)
    edge = st.tuples(state, state, st.integers(-1, MOVERS - 1), st.sampled_from([0, 0, 0, MUST, BARRED]))
    edges = sorted(draw(st.lists(edge, max_size=14)))
    flags = draw(st.lists(st.sampled_from([0, ALIVE, ALIVE, ALIVE | WANTED]), min_size=n, max_size=n))
    return n, edges, flags, draw(st.booleans())


def words(items):
    return memoryview(array("q", [*items, 0]))


def rounds(graph, engine):
    n, edges, flags, asks = graph
    made = Rounds(n, words(e[0] for e in edges)[: len(edges)], words(e[1] for e in edges), MOVERS, engine)
    return made, made.find(words(e[2] for e in edges), words(e[3] for e in edges), words(flags), barred=BARRED,
                           must=MUST, asks=asks)  # fmt: skip


def passes(graph, members):
    """Whether a run can stay in a set of states, visit all of them for ever, and be fair to everybody."""
    _, edges, flags, asks = graph
    inner = [e for e in edges if e[0] in members and e[1] in members and not e[3] & BARRED]
    if not inner or any(not flags[state] & ALIVE for state in members):
        return False
    reach = {state: {state} for state in members}
    for _ in members:
        for start, end, *_ in inner:
            for each in members:
                if start in reach[each]:
                    reach[each].add(end)
    if any(reach[each] != set(members) for each in members):
        return False
    could = {e[2] for e in edges if e[0] in members} - {-1}
    if not could <= {e[2] for e in inner}:
        return False
    return not asks or any(flags[each] & WANTED for each in members) or any(e[3] & MUST for e in inner)


def by_enumeration(graph):
    n = graph[0]
    sets = [set(each) for size in range(1, n + 1) for each in combinations(range(n), size)]
    return sorted({state for each in sets if passes(graph, each) for state in each})


@settings(max_examples=400, deadline=None)
@given(graphs())
def test_the_states_with_a_fair_round_are_those_of_the_sets_that_pass(graph):
    assert rounds(graph, "plain")[1] == by_enumeration(graph)


@st.composite
def drawing(draw):
    """A graph in which some edges of a state, by turns, are outcomes of one draw: who moves, and which CPU it is."""
    n, edges, flags, asks = draw(graphs())
    cpus = draw(st.lists(st.integers(0, 1), min_size=len(edges), max_size=len(edges)))
    pairs = sorted(((start, cpu, to, cpu, bits), cpu) for (start, to, _, bits), cpu in zip(edges, cpus, strict=True))
    return (n, [(e[0], *e[2:]) for e, _ in pairs], flags, asks), [Move.STEP << 24 | cpu << 16 for _, cpu in pairs]


def closed_rounds(graph, moves, engine):
    n, edges, flags, asks = graph
    made = Rounds(n, words(e[0] for e in edges)[: len(edges)], words(e[1] for e in edges), MOVERS, engine, words(moves))
    return made, made.find(words(e[2] for e in edges), words(e[3] for e in edges), words(flags), barred=BARRED,
                           must=MUST, asks=asks, closed=True)  # fmt: skip


def closed_passes(graph, moves, members):
    """The same where of a draw of which an outcome leads out none is drawn again and again."""
    n, edges, flags, asks = graph
    stays = [e[0] in members and e[1] in members and not e[3] & BARRED for e in edges]
    opened = {(e[0], move) for e, move, stay in zip(edges, moves, stays, strict=True) if e[0] in members and not stay}
    left = [
        (start, to, who, bits | BARRED * ((start, move) in opened))
        for (start, to, who, bits), move in zip(edges, moves, strict=True)
    ]
    return passes((n, left, flags, asks), members)


@settings(max_examples=400, deadline=None)
@given(drawing())
def test_the_states_with_a_fair_round_that_no_draw_leaves_are_those_of_the_sets_that_pass(given_):
    graph, moves = given_
    sets = [set(each) for size in range(1, graph[0] + 1) for each in combinations(range(graph[0]), size)]
    expected = sorted({state for each in sets if closed_passes(graph, moves, each) for state in each})
    assert closed_rounds(graph, moves, "plain")[1] == expected
    assert closed_rounds(graph, moves, "native")[1] == expected


@pytest.mark.parametrize("most", [20_000, 0], ids=["shortest", "nearest next"])
@settings(max_examples=200, deadline=None)
@given(given_=drawing())
def test_a_round_with_draws_has_every_outcome_of_each(given_, most):
    (_, edges, *_), moves = given_
    made, states = closed_rounds(*given_, "plain")
    for state in states:
        way = made.of(state, most).edges
        assert edges[way[0]][0] == edges[way[-1]][1] == state
        assert [edges[e][1] for e in way[:-1]] == [edges[e][0] for e in way[1:]]
        drawn = {(edges[e][0], moves[e]) for e in way}
        assert {e for e in range(len(edges)) if (edges[e][0], moves[e]) in drawn} <= set(way)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_compiled_and_plain_agree(graph):
    assert rounds(graph, "native")[1] == rounds(graph, "plain")[1]


@pytest.mark.parametrize("most", [20_000, 0], ids=["shortest", "nearest next"])
@settings(max_examples=200, deadline=None)
@given(graph=graphs())
def test_a_round_comes_back_is_fair_and_has_what_is_asked(graph, most):
    _, edges, flags, asks = graph
    made, states = rounds(graph, "plain")
    for state in states:
        found = made.of(state, most)
        way = [edges[e] for e in found.edges]
        visited = [e[0] for e in way]
        assert visited[0] == way[-1][1] == state
        assert [e[1] for e in way[:-1]] == visited[1:]
        assert not any(e[3] & BARRED for e in way)
        assert {e[2] for e in edges if e[0] in visited} - {-1} <= {e[2] for e in way}
        assert not asks or any(flags[each] & WANTED for each in visited) or any(e[3] & MUST for e in way)
        assert found.shortest or most == 0
        assert not found.shortest or len(way) <= len(made.of(state, 0).edges)


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_ways_through_some_states_alone_are_as_short_as_there_are(graph):
    n, edges, flags, _ = graph
    made = rounds(graph, "plain")[0]
    far = {0: 0} if flags[0] & ALIVE else {}
    queue = list(far)
    for state in queue:
        for start, end, *_ in edges:
            if start == state and flags[end] & ALIVE and end not in far:
                far[end] = far[state] + 1
                queue.append(end)
    alive = words(each & ALIVE for each in flags)
    assert made.within(alive, 0) == sorted(far)
    assert list(alive[:n]) == [int(state in far) for state in range(n)]
    for state, length in far.items():
        way = [edges[e] for e in made.way(state, 0)]
        assert len(way) == length
        assert [0, *(e[1] for e in way)] == [*(e[0] for e in way), state]
