"""The shortest story: the way with the fewest CPU switches and arrivals, and of those the one with the fewest moves.

The search that comes first finds out *that* something goes wrong, by the fewest moves; those jump from CPU to CPU. This
one looks for the way that is told most easily, over the same states. A node is a state and the CPU that moved last, for
a switch costs and going on does not. All nodes of one cost are dealt with before those that cost one more, and among
them those with fewer moves first: two queues, both in order, are merged.
"""

from __future__ import annotations

from splx.check.explore import ARENA_MARGIN, MARGIN, alike, race
from splx.check.graph import any_there, look_round, stands, there
from splx.check.judge import is_bad, judge
from splx.check.memo import memo_full
from splx.check.rows import take_row
from splx.check.search import TURN_AT, How, Move, Search, Want
from splx.lang.kernel import inline
from splx.lang.wide import bit, ctz

AIM = 61  # the bit of a state's mark that says: come here

DEALT_WITH = 1 << 62
MOVES = (1 << 32) - 1
MOVE_BITS = 31  # of a move, and of the turn that comes after it
VISITS = 50_000  # nodes between two looks of the host


def start_cheapest(s: Search, goal: int) -> None:
    """Begin at the first state, for groups that are to be stuck, as bits, or 0 for a move that breaks a rule. The host
    has set `goal_group` and `goal_how`; for STILL the first is how many groups there are.
    """
    s.goal = goal
    s.goal_node = -1
    s.cost = 0
    s.n_this = 1
    s.at_this = 0
    s.n_free = 0
    s.at_free = 0
    s.n_later = 0
    s.this[0] = 0
    s.price[0] = 1


def cheapest(s: Search) -> int:
    """Go on until the goal is reached (FINDING), nothing is left (NOTHING), or the host has to make room."""
    left = VISITS
    while True:
        node = head(s)
        if node < 0:
            if s.n_later == 0:
                return Want.NOTHING
            if s.cost >= s.most_cost:
                return Want.COST
            dearer(s)
        elif (s.price[node] & DEALT_WITH) != 0:
            drop(s)
        elif left == 0:
            return Want.PAUSE
        else:
            left = left - 1
            want = visit(s, node)
            if want != Want.NOTHING:
                return want
            s.level = max(s.level, (s.price[node] & MOVES) - 1)
            s.price[node] = s.price[node] | DEALT_WITH
            drop(s)


@inline
def head(s: Search) -> int:
    """The node of the present cost with the fewest moves, -1 none."""
    if s.at_this < s.n_this and s.at_free < s.n_free:
        a = s.this[s.at_this]
        b = s.free[s.at_free]
        return a if price_of(s, a) <= price_of(s, b) else b
    if s.at_this < s.n_this:
        return s.this[s.at_this]
    return s.free[s.at_free] if s.at_free < s.n_free else -1


@inline
def price_of(s: Search, node: int) -> int:
    """Its cost, then its moves, whether it has been dealt with or not."""
    return s.price[node] & ~DEALT_WITH


@inline
def drop(s: Search) -> None:
    """Take off what `head` returned."""
    if s.at_this < s.n_this and s.at_free < s.n_free:
        if price_of(s, s.this[s.at_this]) <= price_of(s, s.free[s.at_free]):
            s.at_this = s.at_this + 1
        else:
            s.at_free = s.at_free + 1
    elif s.at_this < s.n_this:
        s.at_this = s.at_this + 1
    else:
        s.at_free = s.at_free + 1


def dearer(s: Search) -> None:
    """Turn to the nodes that cost one more."""
    for k in range(s.n_later):
        s.this[k] = s.later[k]
    s.n_this = s.n_later
    s.at_this = 0
    s.n_free = 0
    s.at_free = 0
    s.n_later = 0
    s.cost = s.cost + 1


def visit(s: Search, node: int) -> int:
    """Look at a node and reach those behind it. Room is made before anything happens."""
    cpus = s.machine.tables.n_cpus + 1
    state = node // cpus
    if s.n_states + MARGIN > s.states_room:
        return Want.ROOM
    if (s.n_states + MARGIN) * cpus > s.nodes_room or max(s.n_free, s.n_later) + MARGIN > s.lists_room:
        return Want.NODES
    if s.arena_used + ARENA_MARGIN > s.arena_room or s.index_used * 2 > s.index_mask:
        return Want.ARENA
    if s.memo_room > 0:
        if memo_full(s):
            return Want.MEMO
    if s.goal_first > 0 and s.n_judges > 0:
        take_row(s, state)
        if not judge(s, state):
            s.goal_node = node
            return Want.FINDING
    if s.goal_judge >= 0:
        take_row(s, state)
        if is_bad(s, s.goal_judge):
            s.goal_node = node
            return Want.FINDING
    if s.n_turns > 0 and s.goal_first > 0:
        take_row(s, state)
        alike_ = alike(s, state)
        if alike_ != Want.NOTHING:
            return alike_
    want = look_round(s, state)
    if s.goal_race != 0 and race(s, state) and s.fail_race == s.goal_race:
        s.goal_node = node
        return Want.FINDING
    if s.goal_first > 0 and want == Want.NOTHING:
        if race(s, state):
            s.goal_node = node
            return Want.FINDING
        if s.goal_still != 0 and s.n_edges == 0 and any_there(s, s.goal_first):
            s.fail_state = -1
            s.goal_node = node
            return Want.FINDING
    if s.goal != 0 and want == Want.NOTHING and at_goal(s, state):
        s.goal_node = node
        return Want.FINDING
    if want == Want.FINDING and s.goal == 0:
        s.goal_node = node
    if want != Want.NOTHING:
        return want
    for e in range(s.n_edges):
        reach(s, node, e, cpus)
    return Want.NOTHING


def at_goal(s: Search, state: int) -> bool:
    """Whether a state, which has been looked round, is one that is looked for."""
    if s.goal_how == How.STILL:
        return s.n_edges == 0 and any_there(s, s.goal_group)
    if s.goal_how == How.AIM:
        return (s.mark[state] & bit(AIM)) != 0
    if (s.mark[state] & s.goal) != 0 or not all_there(s, s.goal):
        return False
    return s.goal_how == How.ANY or stands(s, s.goal_group, s.goal_how)


def all_there(s: Search, groups: int) -> bool:
    """Whether groups, as bits, have something to do."""
    found = True
    left = groups
    while left != 0:
        found = found and there(s, ctz(left))
        left = left & (left - 1)
    return found


def reach(s: Search, node: int, e: int, cpus: int) -> None:
    """An edge leads from a node to a state: unless that is known to be cheaper, queue it."""
    move = s.edge_move[e]
    last = node % cpus
    who = ((move >> 16) & 255) + 1
    kind = move >> 24
    price = 1
    now = last
    if kind == Move.STEP or kind == Move.ACCEPT:
        price = int(last != 0 and last != who)
        now = who
    elif kind == Move.VISIBLE:
        price = int(last != who)
    found = price_of(s, node) + (price << 32) + 1
    turn = 0
    if s.n_turns > 0:
        turn = s.edge_turn[e]
        if turn > 0 and now > 0:
            now = s.to_part[turn * s.n_parts + s.first_cpu + now - 1] - s.first_cpu + 1
    there_ = s.edge_to[e] * cpus + now
    if s.price[there_] == 0 or found < price_of(s, there_):
        s.price[there_] = found
        s.from_node[there_] = node << MOVE_BITS | turn << TURN_AT | move
        if price == 0:
            s.free[s.n_free] = there_
            s.n_free = s.n_free + 1
        else:
            s.later[s.n_later] = there_
            s.n_later = s.n_later + 1
