"""Rounds that can go on for ever: in a graph, a set of states that can all be reached from one another, in which
everybody who again and again could move again and again does.

That is strong fairness, and what it asks of a set is a Streett condition: for everybody, if some state of the set has a
move of theirs, then some move of theirs stays in the set. A set that fails for somebody can only do better without the
states in which they could move; so those are taken out and what is left falls apart into smaller sets, and so on until
a set passes or nothing is left (Emerson and Lei 1987; the components are Tarjan's).

Edges stand sorted by where they start. `mover` says whose an edge is, -1 nobody's: an arrival need never come.

What somebody draws nobody decides. Where that is asked for, a set must be `closed`: if one outcome of a draw stays in
it, all do. One of which another outcome leads out is not drawn again and again in it, for then it is left at last.
"""

from __future__ import annotations

from splx.check.search import Move
from splx.lang.kernel import inline
from splx.lang.struct import Slice, Struct
from splx.lang.types import i64

DEAD = -1  # a state that is in no such set
ALIVE = 1  # bits of a state's flag
WANTED = 2
REACHED = 4
A_MOVE = -1  # goals of `hunt`
A_WANTED = -2


class Fair(Struct):
    """The graph, what is looked for in it, and what was found."""

    n: i64  # states
    m: i64  # edges
    movers: i64
    start: Slice[i64]  # of an edge, ascending
    first: Slice[i64]  # edges of a state: first[state] to first[state + 1]
    to: Slice[i64]
    mover: Slice[i64]
    bits: Slice[i64]  # of an edge
    move: Slice[i64]  # of an edge: outcomes of one draw stand together, and are the same but for the last 16 bits
    closed: i64  # whether a set needs all outcomes of what is drawn in it
    gone: Slice[i64]  # of an edge: 1 if it is an outcome of a draw that would lead out of its set
    flag: Slice[i64]  # of a state
    barred: i64  # an edge with one of these bits is not taken
    asks: i64  # a set needs an edge with one of the bits of `must`, or a WANTED state
    must: i64
    comp: Slice[i64]  # the number of the set that a state is in; DEAD none
    found: i64  # how many sets there are that pass
    # Tarjan's
    number: Slice[i64]
    low: Slice[i64]
    at: Slice[i64]  # the next edge of a state to look at
    pile: Slice[i64]
    calls: Slice[i64]
    n_pile: i64
    n_calls: i64
    counter: i64
    again: i64  # a set was cut
    # by mover: the last set in which they could move, and in which they did
    could: Slice[i64]
    did: Slice[i64]
    turn: i64
    # a search in a set: how each state was reached
    came: Slice[i64]  # edge + 1
    queue: Slice[i64]
    needed: Slice[i64]  # by mover: 1 if a move of theirs is looked for


def find_edges(f: Fair) -> None:
    """Fill `first`."""
    e = 0
    for state in range(f.n):
        f.first[state] = e
        while e < f.m and f.start[e] == state:
            e = e + 1
    f.first[f.n] = e


def fair_sets(f: Fair) -> int:
    """Find the sets; how many passed. Afterwards `comp` is an odd number for each of them, or DEAD.

    Until then a set that is still to be judged has an even number.
    """
    for state in range(f.n):
        f.comp[state] = 0 if (f.flag[state] & ALIVE) != 0 else DEAD
    for k in range(f.movers):
        f.could[k] = 0
        f.did[k] = 0
    for e in range(f.m):
        f.gone[e] = 0
    f.found = 0
    f.turn = 0
    f.again = 1
    while f.again != 0:
        f.again = 0
        one_pass(f)
    return f.found


def one_pass(f: Fair) -> None:
    """Cut every set that is still to be judged into its components, and judge each."""
    for state in range(f.n):
        f.number[state] = 0
    f.counter = 0
    f.n_pile = 0
    for root in range(f.n):
        if f.comp[root] >= 0 and (f.comp[root] & 1) == 0 and f.number[root] == 0:
            component(f, root)


@inline
def inside(f: Fair, e: int, comp: int) -> bool:
    """Whether an edge may be taken and leads into that set."""
    return (f.bits[e] & f.barred) == 0 and f.comp[f.to[e]] == comp and f.gone[e] == 0


def component(f: Fair, root: int) -> None:
    """Tarjan's search from a state, with a pile of calls of its own."""
    visit(f, root)
    f.n_calls = 1
    f.calls[0] = root
    while f.n_calls > 0:
        state = f.calls[f.n_calls - 1]
        e = f.at[state]
        if e == f.first[state + 1]:
            leave(f, state)
        else:
            f.at[state] = e + 1
            to = f.to[e]
            if inside(f, e, f.comp[state]):
                if f.number[to] == 0:
                    visit(f, to)
                    f.calls[f.n_calls] = to
                    f.n_calls = f.n_calls + 1
                else:
                    f.low[state] = min(f.low[state], f.number[to])


def visit(f: Fair, state: int) -> None:
    """A state is seen for the first time in this pass."""
    f.counter = f.counter + 1
    f.number[state] = f.counter
    f.low[state] = f.counter
    f.at[state] = f.first[state]
    f.pile[f.n_pile] = state
    f.n_pile = f.n_pile + 1


def leave(f: Fair, state: int) -> None:
    """All edges of a state are done: hand its low point on, and close its component if it is the first of it."""
    f.n_calls = f.n_calls - 1
    if f.low[state] == f.number[state]:
        bottom = f.n_pile - 1
        while f.pile[bottom] != state:
            bottom = bottom - 1
        judge(f, bottom)
        f.n_pile = bottom
    elif f.n_calls > 0:
        before = f.calls[f.n_calls - 1]
        f.low[before] = min(f.low[before], f.low[state])


def judge(f: Fair, bottom: int) -> None:
    """The component that lies on the pile from `bottom` on: it passes, is cut, or is dead."""
    f.turn = f.turn + 1
    mine = 2 * f.turn
    for k in range(bottom, f.n_pile):
        f.comp[f.pile[k]] = mine
    verdict = mine
    if not look(f, bottom, mine):
        verdict = DEAD
    elif not (f.closed != 0 and opened(f, bottom, mine)) and all_fair(f):
        verdict = mine + 1
        f.found = f.found + 1
    else:
        f.again = 1
    for k in range(bottom, f.n_pile):
        state = f.pile[k]
        f.comp[state] = DEAD if verdict == mine and unfair_at(f, state) else verdict


def look(f: Fair, bottom: int, name: int) -> bool:
    """Note who can move in the component and who does; whether it is a set at all, and has what is wanted."""
    wanted = False
    moves = False
    for k in range(bottom, f.n_pile):
        state = f.pile[k]
        wanted = wanted or (f.flag[state] & WANTED) != 0
        for e in range(f.first[state], f.first[state + 1]):
            who = f.mover[e]
            if who >= 0:
                f.could[who] = f.turn
            if inside(f, e, name):
                moves = True
                wanted = wanted or (f.bits[e] & f.must) != 0
                if who >= 0:
                    f.did[who] = f.turn
    return moves and (wanted or f.asks == 0)


def opened(f: Fair, bottom: int, name: int) -> bool:
    """Whether a draw in the component has outcomes that stay in it, and others: those are gone from now on."""
    found = False
    for k in range(bottom, f.n_pile):
        e = f.first[f.pile[k]]
        end = f.first[f.pile[k] + 1]
        while e < end:
            stay = int(inside(f, e, name))
            last = e + 1
            while last < end and (f.move[last] >> 16) == (f.move[e] >> 16) and (f.move[e] >> 24) == Move.STEP:
                stay = stay + int(inside(f, last, name))
                last = last + 1
            if stay != 0 and stay != last - e:
                found = True
                for drawn in range(e, last):
                    f.gone[drawn] = 1
            e = last
    return found


def all_fair(f: Fair) -> bool:
    """Whether everybody who could move does."""
    fair = True
    for k in range(f.movers):
        if f.could[k] == f.turn and f.did[k] != f.turn:
            fair = False
    return fair


def unfair_at(f: Fair, state: int) -> bool:
    """Whether somebody could move in a state who never does in its component."""
    found = False
    for e in range(f.first[state], f.first[state + 1]):
        who = f.mover[e]
        if who >= 0 and f.could[who] == f.turn and f.did[who] != f.turn:
            found = True
    return found


def reach(f: Fair, start: int) -> None:
    """The states that a way through ALIVE states alone leads to from `start`, and REACHED in their flags; `came` says
    the way, one of the shortest.
    """
    if (f.flag[start] & ALIVE) == 0:
        return
    f.flag[start] = f.flag[start] | REACHED
    f.came[start] = 0
    f.queue[0] = start
    head = 0
    tail = 1
    while head < tail:
        state = f.queue[head]
        head = head + 1
        for e in range(f.first[state], f.first[state + 1]):
            to = f.to[e]
            if (f.flag[to] & (ALIVE | REACHED)) == ALIVE:
                f.flag[to] = f.flag[to] | REACHED
                f.came[to] = e + 1
                f.queue[tail] = to
                tail = tail + 1


# ---- ways in a set


def hunt(f: Fair, start: int, goal: int) -> int:
    """Breadth first from `start` within its set: the first edge that is looked for, see `is_goal`; -1 if there is none.
    `came` says the way.
    """
    for state in range(f.n):
        f.came[state] = 0
    f.queue[0] = start
    head = 0
    tail = 1
    while head < tail:
        state = f.queue[head]
        head = head + 1
        for e in range(f.first[state], f.first[state + 1]):
            if inside(f, e, f.comp[start]):
                to = f.to[e]
                if is_goal(f, e, to, goal):
                    return e
                if f.came[to] == 0 and to != start:
                    f.came[to] = e + 1
                    f.queue[tail] = to
                    tail = tail + 1
    return -1


@inline
def is_goal(f: Fair, e: int, to: int, goal: int) -> bool:
    """Whether an edge leads to state `goal`; for A_MOVE, is a move of somebody needed; for A_WANTED, is asked for."""
    if goal >= 0:
        return to == goal
    if goal == A_WANTED:
        return (f.bits[e] & f.must) != 0 or (f.flag[to] & WANTED) != 0
    return f.mover[e] >= 0 and f.needed[f.mover[e]] != 0
