"""Nodes of a search by cost: a state and the CPU that moved last, for a switch costs and going on does not.

A node takes two bits for itself: what has become of it. What is known of a way to it takes two words, and only if there
is one: how many moves it has, where it comes from, by which move. They stand in the order in which they were found,
which is the order of their moves among those of one cost; so they are also the queues.
"""

from __future__ import annotations

from splx.check.search import Move, Search
from splx.lang.kernel import inline
from splx.lang.wide import bit, wmul

LAST_AT = 32  # in the first word of a way: its state, the CPU that moved last + 1, its moves
MOVES_AT = 40
MOVE_BITS = 32  # in the second one: the move and the turn after it, whether it is dearer than the way before it, that
DEARER = 1 << MOVE_BITS
FROM_AT = 33
MOST_MOVES = (1 << 63 - MOVES_AT) - 1  # ways with more are as good as those with so many
A_STATE = (1 << LAST_AT) - 1
A_CPU = (1 << MOVES_AT - LAST_AT) - 1
NODES_AT = 5  # nodes in a word of fates, as a shift


@inline
def node_of(s: Search, state: int, last: int) -> int:
    """The number of a node."""
    return state * (s.machine.tables.n_cpus + 1) + last


@inline
def end_of(s: Search, way: int) -> int:
    """The node that a way leads to."""
    to = s.ways[2 * way]
    return node_of(s, to & A_STATE, to >> LAST_AT & A_CPU)


@inline
def fate(s: Search, node: int) -> int:
    """What has become of a node; a Fate."""
    return s.fates[node >> NODES_AT] >> (2 * (node & 31)) & 3


@inline
def meets(s: Search, node: int, fate_: int) -> None:
    """A node has a new fate."""
    at = node >> NODES_AT
    shift = 2 * (node & 31)
    s.fates[at] = s.fates[at] & ~(bit(shift) | bit(shift + 1)) | wmul(fate_, bit(shift))


@inline
def price_of(move: int, last: int) -> int:
    """What a move costs after one of the CPU `last`. That a store becomes visible is a move of the CPU that made it."""
    return int(move >> 24 == Move.ARRIVE or (last != 0 and last != ((move >> 16) & 255) + 1))


@inline
def mover_after(s: Search, move: int, last: int, turn: int) -> int:
    """The CPU that has moved last after a move, and a turn."""
    now = last if move >> 24 == Move.ARRIVE else ((move >> 16) & 255) + 1
    if turn > 0 and now > 0:
        now = s.to_part[turn * s.n_parts + s.first_cpu + now - 1] - s.first_cpu + 1
    return now


def add_way(s: Search, to: int, moves: int, move: int, price: int) -> None:
    """A way to a node, `to` as in the first word of a way, by a move after the way at hand."""
    at = 2 * s.n_ways
    s.ways[at] = to | min(moves, MOST_MOVES) << MOVES_AT
    s.ways[at + 1] = s.way << FROM_AT | price << MOVE_BITS | move
    s.n_ways = s.n_ways + 1
