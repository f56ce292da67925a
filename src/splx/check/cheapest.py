"""The shortest story: the way with the fewest CPU switches and arrivals, and of those the one with the fewest moves.

The search that comes first finds out *that* something goes wrong, by the fewest moves; those jump from CPU to CPU. This
one looks for the way that is told most easily, over the same states. A node is a state and the CPU that moved last, for
a switch costs and going on does not. All nodes of one cost are dealt with before those that cost one more, and among
them those with fewer moves first: two queues, both in order, are merged. A move that breaks a rule leads to no node: if
it is dearer than the way to it, it is kept until all of the present cost has been dealt with.
"""

from __future__ import annotations

from splx.check.explore import ARENA_MARGIN, MARGIN, alike, race
from splx.check.graph import any_there, every_move, is_so, stands, there
from splx.check.judge import is_bad, judge
from splx.check.memo import forget, memo_full
from splx.check.nodes import (
    A_CPU,
    A_STATE,
    DEARER,
    LAST_AT,
    MOVES_AT,
    NODES_AT,
    add_way,
    end_of,
    fate,
    meets,
    mover_after,
    node_of,
    price_of,
)
from splx.check.orders import forget_orders, last_order
from splx.check.parts import bring
from splx.check.rows import rehash, take_row
from splx.check.search import TURN_AT, Fate, How, Search, Want
from splx.lang.kernel import inline
from splx.lang.wide import bit, ctz

AIM = 61  # the bit of a state's mark that says: come here


def start_cheapest(s: Search, goal: int) -> None:
    """Begin at the first state, for groups that are to be stuck, as bits, or 0 for a move that breaks a rule. The host
    has set `goal_group` and `goal_how`; for STILL the first is how many groups there are.
    """
    s.goal = goal
    s.goal_way = -1
    s.late_way = -1
    s.cost = 0
    s.past = 0
    s.way = 0
    s.n_ways = 0
    add_way(s, 0, 0, 0, 1)
    s.dear_end = 0
    dearer(s)
    s.cost = 0
    s.forgotten = 0
    meets(s, 0, Fate.DEAR)


def cheapest(s: Search) -> int:
    """Go on until the goal is reached (FINDING), nothing is left (NOTHING), or the host has to make room."""
    s.near = int(s.cost >= s.most_cost)
    s.deferring = int(s.goal == 0 and s.alone == 0)
    want = to_the_goal(s)
    s.deferring = 0
    s.near = 0
    return want


def to_the_goal(s: Search) -> int:
    """The same."""
    left = s.visits
    while True:
        if s.alone != 0 and s.free_at == s.n_ways and is_crowded(s):
            if is_noted(s):
                s.kept = s.n_states  # what was noted is told of later: its state has to stay, and all before it
            else:
                forget_last(s)
        way = head(s)
        if way < 0:
            if is_late(s):
                return Want.FINDING
            if s.n_later == 0 and s.past == 0:
                return Want.NOTHING
            if s.cost >= s.most_cost:
                return Want.COST
            dearer(s)
            if s.halts != 0 and s.cost >= s.most_cost:
                return Want.LAST
            continue
        to = s.ways[2 * way]
        node = node_of(s, to & A_STATE, to >> LAST_AT & A_CPU)
        if fate(s, node) != Fate.OVER:
            if left == 0:
                return Want.PAUSE
            left = left - 1
            s.way = way
            s.last = to >> LAST_AT & A_CPU
            want = visit(s, to & A_STATE, (to >> MOVES_AT) + 1)
            if want != Want.NOTHING:
                return want
            s.level = max(s.level, to >> MOVES_AT)
            meets(s, node, Fate.OVER)
        drop(s, way)


def is_late(s: Search) -> bool:
    """Whether a move was found that breaks a rule and costs one more than the way to it: it is what there is to tell,
    once nothing is left that costs less.
    """
    if s.late_way < 0:
        return False
    s.goal_way = s.late_way
    s.cost = s.cost + 1
    return True


def head(s: Search) -> int:
    """The way of the present cost with the fewest moves, -1 none."""
    while s.dear_at < s.dear_end and (s.ways[2 * s.dear_at + 1] & DEARER) == 0:
        s.dear_at = s.dear_at + 1
    while s.free_at < s.n_ways and (s.ways[2 * s.free_at + 1] & DEARER) != 0:
        s.free_at = s.free_at + 1
    if s.dear_at == s.dear_end or (s.alone != 0 and s.free_at < s.n_ways):
        return s.free_at if s.free_at < s.n_ways else -1
    if s.free_at < s.n_ways and s.ways[2 * s.free_at] >> MOVES_AT < s.ways[2 * s.dear_at] >> MOVES_AT:
        return s.free_at
    return s.dear_at


@inline
def drop(s: Search, way: int) -> None:
    """Take off what `head` returned."""
    if way < s.dear_end:
        s.dear_at = way + 1
    else:
        s.free_at = way + 1


def dearer(s: Search) -> None:
    """Turn to the ways that cost one more: they are among those that were found at the present cost."""
    s.first_dear = s.dear_end
    s.dear_at = s.dear_end
    s.dear_end = s.n_ways
    s.free_at = s.n_ways
    s.n_later = 0
    s.kept = s.n_states
    s.alone = 0
    s.cost = s.cost + 1
    s.near = int(s.cost >= s.most_cost)


def keep_only(s: Search, cpus: int) -> None:
    """Of the ways with which the present cost begins, leave those of some CPUs, as bits, and pass over the others."""
    for way in range(s.first_dear, s.dear_end):
        if (cpus & bit(s.ways[2 * way] >> LAST_AT & A_CPU)) == 0:
            s.ways[2 * way + 1] = s.ways[2 * way + 1] & ~DEARER


def one_by_one(s: Search) -> None:
    """There is no more memory, within the last cost. Begin it anew, and follow one way that was dearer to its end
    before the next one: nobody goes back to what lies behind it, so that can be forgotten now and then.
    """
    s.alone = 1
    s.dear_at = s.first_dear
    forget_orders(s, s.kept)
    if s.memo_room > 0:
        forget(s)  # a move that is remembered notes nothing
    forget_last(s)
    for at in range((node_of(s, s.kept, 0) >> NODES_AT) + 1):
        s.fates[at] = 0
    for way in range(s.dear_end):
        if way < s.first_dear or (s.ways[2 * way + 1] & DEARER) == 0:
            meets(s, end_of(s, way), Fate.OVER)
    for way in range(s.first_dear, s.dear_end):
        if (s.ways[2 * way + 1] & DEARER) != 0 and fate(s, end_of(s, way)) == Fate.NONE:
            meets(s, end_of(s, way), Fate.DEAR)


@inline
def is_crowded(s: Search) -> bool:
    """Whether what lies behind one way may have no room any more."""
    states = s.states_room - s.kept
    ways = s.ways_room - s.dear_end
    return (s.n_states - s.kept) * 4 > states * 3 or (s.n_ways - s.dear_end) * 4 > ways * 3


def is_noted(s: Search) -> bool:
    """Whether something was noted of a state that would be forgotten."""
    return (s.noted_judge >= 0 and s.noted_state >= s.kept) or last_order(s) >= s.kept


def forget_last(s: Search) -> None:
    """Forget what was found within the last cost. What was dealt with of what was known before it stays dealt with."""
    s.forgotten = s.forgotten + s.n_states - s.kept
    s.n_states = s.kept
    s.n_ways = s.dear_end
    s.free_at = s.n_ways
    rehash(s)
    node = node_of(s, s.kept, 0)
    while (node & 31) != 0:
        meets(s, node, Fate.NONE)
        node = node + 1
    for at in range(node >> NODES_AT, (s.fates_room >> NODES_AT) + 1):
        s.fates[at] = 0


def visit(s: Search, state: int, moves: int) -> int:
    """Look at a state, at the end of the way at hand, and reach those behind it, which are so many moves away. Room is
    made before anything happens.
    """
    if s.whole != 0:
        return along(s, state, moves)
    want = room_for_all(s)
    if want != Want.NOTHING:
        return want
    take_row(s, state)
    if (s.goal_first > 0 and s.n_judges > 0 and not judge(s, state)) or (s.goal_judge >= 0 and is_bad(s, s.goal_judge)):
        s.goal_way = s.way
        return Want.FINDING
    if s.n_turns > 0 and s.goal_first > 0:
        want = alike(s, state)
        if want != Want.NOTHING:
            return want
    s.n_edges = 0
    s.n_past = 0
    want = every_move(s, state)
    if is_goal(s, state, want):
        s.goal_way = s.way
        if s.alone != 0 and want == Want.FINDING:
            s.cost = s.cost + price_of(s.fail_move, s.last)  # told at once: its way would be forgotten
        return Want.FINDING
    if want == Want.NOTHING:
        for e in range(s.n_edges):
            reach(s, e, moves)
    return want


def along(s: Search, state: int, moves: int) -> int:
    """The same where the edges of all states are there: nothing has to be made anew, and no state is new."""
    if s.n_ways + MARGIN > s.ways_room:
        return Want.NODES
    first = s.first_out[state]
    end = s.first_out[state + 1]
    if may_be_goal(s, state, end - first):
        take_row(s, state)
        bring(s)
        if at_goal(s, state, end - first):
            s.goal_way = s.way
            return Want.FINDING
    for e in range(first, end):
        reach(s, e, moves)
    return Want.NOTHING


@inline
def may_be_goal(s: Search, state: int, many: int) -> bool:
    """Whether a state with so many moves may be what is looked for, before the machine is asked."""
    if s.goal_how == How.STILL:
        return many == 0
    return s.goal_how == How.AIM or (s.mark[state] & s.goal) == 0


@inline
def room_for_all(s: Search) -> int:
    """What the host has to do before one more state can be looked at."""
    if s.n_states + MARGIN > s.states_room:
        return Want.ROOM
    if node_of(s, s.n_states + MARGIN, 0) > s.fates_room or s.n_ways + MARGIN > s.ways_room:
        return Want.NODES
    if s.arena_used + ARENA_MARGIN > s.arena_room or s.index_used * 2 > s.index_mask:
        return Want.ARENA
    return Want.MEMO if s.memo_room > 0 and memo_full(s) else Want.NOTHING


def is_goal(s: Search, state: int, want: int) -> bool:
    """Whether a state, all of whose moves have been made, or which a move ended, is what is looked for."""
    if want != Want.NOTHING:
        return want == Want.FINDING and s.goal == 0
    if (s.goal_race != 0 or s.goal_first > 0) and race(s, state):
        return True
    if s.goal_first > 0 and s.goal_still != 0 and s.n_edges + s.n_past == 0:
        bring(s)
        if any_there(s, s.goal_first):
            s.fail_state = -1
            return True
    if s.goal != 0 and may_be_goal(s, state, s.n_edges + s.n_past):
        bring(s)
        return at_goal(s, state, s.n_edges + s.n_past)
    return False


def at_goal(s: Search, state: int, many: int) -> bool:
    """Whether the state at hand, which has so many moves, is one that is looked for."""
    if s.goal_how == How.STILL:
        return many == 0 and any_there(s, s.goal_group)
    if s.goal_how == How.AIM:
        return (s.mark[state] & bit(AIM)) != 0
    if not all_there(s, s.goal):
        return False
    if s.goal_how == How.ANY:
        return True
    return stands(s, s.goal_group, s.goal_how) and is_so(s, state, s.goal_group, s.goal_how)


def all_there(s: Search, groups: int) -> bool:
    """Whether groups, as bits, have something to do."""
    found = True
    left = groups
    while left != 0:
        found = found and there(s, ctz(left))
        left = left & (left - 1)
    return found


@inline
def reach(s: Search, e: int, moves: int) -> None:
    """An edge leads from the way at hand to a state: queue the way there, unless one that is no dearer is known."""
    move = s.edge_move[e]
    turn = s.edge_turn[e] if s.n_turns > 0 else 0
    price = price_of(move, s.last)
    now = mover_after(s, move, s.last, turn)
    node = node_of(s, s.edge_to[e], now)
    known = fate(s, node)
    if known == Fate.NONE or (known == Fate.DEAR and price == 0):
        add_way(s, s.edge_to[e] | now << LAST_AT, moves, turn << TURN_AT | move, price)
        meets(s, node, Fate.DEAR if price > 0 else Fate.FREE)
        s.n_later = s.n_later + price
