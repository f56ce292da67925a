"""CPUs that are alike: of the states that differ only in what CPUs are called, one stands for all.

The contents that a part has been seen with are numbered; the host says, once for each, what they become when CPUs are
called otherwise, see `turns`. So the row of a state turned is looked up, part by part, and of all rows the smallest is
entered, as the numbers of the parts in their order compare. That does not depend on how rows are packed.
"""

from __future__ import annotations

from splx.check.rows import number_in
from splx.check.search import Search, Want
from splx.lang.kernel import inline


def smallest(s: Search) -> int:
    """Turn the state in `other` into the one that stands for it, and say in `turn` how. Returns a Want."""
    s.turn = 0
    if s.imaged != s.index_used:
        return Want.IMAGE
    for turn in range(1, s.n_turns + 1):
        if is_smaller(s, turn):
            s.turn = turn
    if s.turn != 0:
        turn_other(s, s.turn)
    return Want.NOTHING


@inline
def is_smaller(s: Search, turn: int) -> bool:
    """Whether the row in `other`, turned so, comes before what is the smallest so far."""
    less = 0
    k = 0
    while less == 0 and k < s.n_active:
        part = s.active[k]
        less = number_turned(s, s.turn, part) - number_turned(s, turn, part)
        k = k + 1
    return less > 0


@inline
def number_turned(s: Search, turn: int, part: int) -> int:
    """The number of a part's contents in the row in `other` when it is turned."""
    if turn == 0:
        return number_in(s, part, s.other[s.word[part]])
    before = s.from_part[turn * s.n_parts + part]
    number = 0
    if s.bits[before] != 0:
        number = number_in(s, before, s.other[s.word[before]])
    return s.image[turn * s.images_room + s.place[before] + number]


def turn_other(s: Search, turn: int) -> None:
    """Turn the row in `other`."""
    for k in range(s.row_words):
        s.turned_row[k] = 0
    for k in range(s.n_active):
        part = s.active[k]
        w = s.word[part]
        s.turned_row[w] = s.turned_row[w] | number_turned(s, turn, part) << s.shift[part]
    for k in range(s.row_words):
        s.other[k] = s.turned_row[k]


def can_move_turned(s: Search, groups: int) -> int:
    """Set for every group its bit in the mark of every state from which it can come to make progress, as `can_move`
    does for one: a group is called otherwise where an edge turns. Returns how many marks there are. Without a kernel no
    item waits behind another one at a device, so nothing that arrives has to be left out, see `comes_behind`.
    """
    tail = 0
    for e in range(s.n_edges):
        for group in range(groups):
            if (s.edge_who[e] >> group & 1) != 0:
                tail = reached(s, s.edge_from[e], group, tail)
    head = 0
    while head < tail:
        state = s.queue[head] >> 6
        group = s.queue[head] & 63
        head = head + 1
        for k in range(s.first_in[state], s.first_in[state + 1]):
            e = s.into[k]
            tail = reached(s, s.edge_from[e], s.from_group[s.edge_turn[e] << 6 | group], tail)
    return tail


def reached(s: Search, state: int, group: int, tail: int) -> int:
    """Mark a state and queue it unless it is marked; the new end of the queue."""
    if (s.mark[state] >> group & 1) != 0:
        return tail
    s.mark[state] = s.mark[state] | 1 << group
    s.queue[tail] = state << 6 | group
    return tail + 1
