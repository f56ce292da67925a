"""The graph of all states, made when every state is known: who can still come to move from where.

A group of contexts (a thread with what it is interrupted in, or what belongs to a CPU) that can never again do anything
but look again at the same words is stuck, whatever the others do. That needs no assumption of fairness: nobody has any
way to help it.
"""

from __future__ import annotations

from splx.check.explore import ARENA_MARGIN, load_state, move_all
from splx.check.intern import intern
from splx.check.memo import memo_full
from splx.check.moves import run_on
from splx.check.nodes import A_CPU
from splx.check.parts import forget_items, gather
from splx.check.rows import encode, find, hash_other, take_row
from splx.check.search import How, Move, Search, Want
from splx.kernel.interface.events import IH_FREED
from splx.lang.kernel import inline
from splx.lang.wide import bit
from splx.machine.constants import IN_USE

EDGES_MARGIN = 4096


def connect(s: Search) -> int:
    """Expand every state again and note the edges. Returns a Want: NOTHING when done, EDGES when they have no room."""
    while s.next < s.n_states:
        if s.next >= s.pause:
            return Want.PAUSE
        if s.n_edges + EDGES_MARGIN > s.edges_room:
            return Want.EDGES
        if s.memo_room > 0:
            if memo_full(s):
                return Want.MEMO
        take_row(s, s.next)
        every_move(s, s.next)
        s.next = s.next + 1
    turn_round(s)
    s.whole = 1
    return Want.NOTHING


def look_round(s: Search, state: int) -> int:
    """The moves of one state, as the only edges; states that they lead to are entered.

    Returns a Want: FINDING when one of them breaks a rule: `fail_move` says which, and it is the last looked at.
    """
    s.n_edges = 0
    s.whole = 0
    load_state(s, state)
    return every_move(s, state)


def look_back(s: Search) -> int:
    """Look from state `next` - 1 on back to the first whether some move leads to a state that is not known: those that
    were found last are the likeliest. Returns a Want: NOTHING when there is none, COST when there is.
    """
    left = s.visits
    s.near = 1
    s.last = A_CPU  # no CPU's number: every move costs
    s.past = 0
    want: int = Want.NOTHING
    while s.next > 0 and want == Want.NOTHING:
        if left == 0:
            want = Want.PAUSE
        elif s.memo_room > 0 and memo_full(s):
            want = Want.MEMO
        elif s.arena_used + ARENA_MARGIN > s.arena_room or s.index_used * 2 > s.index_mask:
            want = Want.ARENA
        else:
            left = left - 1
            s.n_edges = 0
            take_row(s, s.next - 1)
            want = every_move(s, s.next - 1)
            if s.past != 0:
                want = Want.COST
            if want == Want.NOTHING:
                s.next = s.next - 1
    s.near = 0
    return want


def every_move(s: Search, state: int) -> int:
    """Note the edges of `state`, whose row is in `row`."""
    s.n_chosen = 0
    for k in range(s.n_movers):
        want = move_all(s, state, k, 2)
        if want != Want.NOTHING:
            return want
    return Want.NOTHING


def turn_round(s: Search) -> None:
    """Sort the edges by their ends: `into[first_in[state]]` and on lead to `state`."""
    for state in range(s.n_states + 1):
        s.first_in[state] = 0
    for e in range(s.n_edges):
        s.first_in[s.edge_to[e]] = s.first_in[s.edge_to[e]] + 1
    total = 0
    for state in range(s.n_states):
        total = total + s.first_in[state]
        s.first_in[state] = total
    s.first_in[s.n_states] = total
    for k in range(s.n_edges):
        e = s.n_edges - 1 - k
        at = s.first_in[s.edge_to[e]] - 1
        s.first_in[s.edge_to[e]] = at
        s.into[at] = e


def sort_out(s: Search) -> None:
    """Note in `first_out` where the edges of every state begin."""
    e = 0
    for state in range(s.n_states + 1):
        while e < s.n_edges and s.edge_from[e] < state:
            e = e + 1
        s.first_out[state] = e


def can_move(s: Search, group: int) -> int:
    """Set bit `group` in the mark of every state from which the group can come to make progress; how many. Of the items
    of a device those that wait do not count on more to come there, and it is as good if they become nobody's.
    """
    mine = bit(group)
    dev = s.device_of[group] - 1
    tail = 0
    for e in range(s.n_edges):
        if (s.edge_who[e] & mine) != 0:
            tail = reached(s, s.edge_from[e], mine, tail)
    if s.handler_at[group] != 0:
        for state in range(s.n_states):
            load_state(s, state)
            if given_up(s, group, dev):
                tail = reached(s, state, mine, tail)
    head = 0
    while head < tail:
        state = s.queue[head]
        head = head + 1
        for k in range(s.first_in[state], s.first_in[state + 1]):
            if dev < 0 or not comes_behind(s, s.into[k], dev):
                tail = reached(s, s.edge_from[s.into[k]], mine, tail)
    return tail


def comes_behind(s: Search, e: int, dev: int) -> bool:
    """Whether a move is that something arrives, which it need not, at a device where something waits already."""
    move = s.edge_move[e]
    if s.dev_room[dev] < 2 or s.dev_fair[dev] != 0 or move >> 24 != Move.ARRIVE or (move >> 16) & 255 != dev:
        return False
    load_state(s, s.edge_from[e])
    return s.machine.state.dev_count[dev] > 0


def can_wake(s: Search, group: int) -> int:
    """Of the states from which a thread cannot come to make progress, set its bit in `wakes` of those in which it is
    awake, or from which it can come to be so: it is ready then, and no CPU ever runs it. How many.
    """
    mine = bit(group)
    tail = 0
    for state in range(s.n_states):
        if (s.mark[state] & mine) == 0:
            load_state(s, state)
            if stands(s, group, How.AWAKE):
                tail = woken(s, state, mine, tail)
    head = 0
    while head < tail:
        state = s.queue[head]
        head = head + 1
        for k in range(s.first_in[state], s.first_in[state + 1]):
            tail = woken(s, s.edge_from[s.into[k]], mine, tail)
    return tail


def woken(s: Search, state: int, mine: int, tail: int) -> int:
    """As `reached`, in `wakes`, of the states that are not marked."""
    if ((s.mark[state] | s.wakes[state]) & mine) != 0:
        return tail
    s.wakes[state] = s.wakes[state] | mine
    s.queue[tail] = state
    return tail + 1


def awake(s: Search, state: int, groups: int) -> int:
    """Which of so many groups do not sleep in a state, as bits."""
    load_state(s, state)
    found = 0
    for group in range(groups):
        if stands(s, group, How.AWAKE):
            found = found | bit(group)
    return found


def reached(s: Search, state: int, mine: int, tail: int) -> int:
    """Mark a state and queue it unless it is marked; the new end of the queue."""
    if (s.mark[state] & mine) != 0:
        return tail
    s.mark[state] = s.mark[state] | mine
    s.queue[tail] = state
    return tail + 1


def next_stuck(s: Search, group: int, start: int, how: int) -> int:
    """The first state from `start` on in which the group is there, in this way, and whose mark lacks it; -1 none."""
    for state in range(start, s.n_states):
        if (s.mark[state] & bit(group)) == 0:
            load_state(s, state)
            if there(s, group) and stands(s, group, how) and is_so(s, state, group, how):
                return state
    return -1


def next_still(s: Search, groups: int) -> int:
    """The first state without an edge in which one of so many groups is there; -1 none."""
    e = 0
    for state in range(s.n_states):
        if e < s.n_edges and s.edge_from[e] == state:
            while e < s.n_edges and s.edge_from[e] == state:
                e = e + 1
        else:
            load_state(s, state)
            if any_there(s, groups):
                return state
    return -1


def any_there(s: Search, groups: int) -> bool:
    """Whether one of so many groups has something to do."""
    found = False
    for group in range(groups):
        found = found or there(s, group)
    return found


def stands(s: Search, group: int, how: int) -> bool:
    """Whether a group sleeps, or does not, in the machine at hand."""
    asleep = s.status_at[group] != 0 and (s.sleeps & bit(s.machine.state.mem[s.status_at[group]])) != 0
    return how == How.ANY or asleep == (how == How.ASLEEP or how == How.LOST)


@inline
def is_so(s: Search, state: int, group: int, how: int) -> bool:
    """Whether who stands so in a state is lost, if that is asked."""
    return how != How.LOST or (s.wakes[state] & bit(group)) == 0


def rests(s: Search, group: int) -> bool:
    """Whether a thread of the kernel's own, asleep, has nothing to do: or it sleeps in what it is to do."""
    channel = s.machine.state.mem[s.status_at[group] + s.wchan_after]
    return channel == 0 or channel == s.rests_on[group] or channel == s.rests_too[group]


def given_up(s: Search, group: int, dev: int) -> bool:
    """Whether a device is disabled and its handlers have been removed: what is left there is nobody's."""
    at = s.handler_at[group]
    st = s.machine.state
    return at != 0 and st.dev_enable[dev] == 0 and (st.mem[at] & IH_FREED) != 0


def there(s: Search, group: int) -> bool:
    """Whether a group has something to do in the machine at hand."""
    if s.status_at[group] != 0:
        now = bit(s.machine.state.mem[s.status_at[group]])
        return (s.gone[group] & now) == 0 or ((s.sleeps & now) != 0 and not rests(s, group))
    dev = s.device_of[group] - 1
    if dev >= 0:
        return s.machine.state.dev_count[dev] > 0 and not given_up(s, group, dev)
    st = s.machine.state
    found = False
    for ctx in range(s.n_ctxs):
        if s.group[ctx] == group and st.status[ctx] == IN_USE:
            found = found or st.runs_on[ctx] < 0 or st.halted[st.runs_on[ctx]] == 0
    return found


def adopt(s: Search) -> int:
    """The number of the machine at hand, however it came about, as a state; -1 if it is none that is known."""
    for dev in range(s.n_devs):
        forget_items(s, dev)
    for ctx in range(s.n_ctxs):
        run_on(s, ctx)
    for part in range(s.n_parts):
        gather(s, part)
        known = s.count[part]
        s.value[part] = intern(s, part)
        if s.value[part] >= known:
            return -1
    encode(s)
    return max(-1, find(s, hash_other(s)))


def show(s: Search, state: int) -> None:
    """Make `state` the machine at hand, for the host to look at."""
    load_state(s, state)
