"""Whose each move is, for fairness: the context that a CPU runs, and what it finds out; a CPU that takes an interrupt,
or that a store leaves; a device at which something arrives.

A move in which something is chosen is somebody's own for each outcome: so who has to choose again and again comes to
every outcome again and again, if it does not go another way. That an interrupt overtakes one that is under way is
nobody's: it need never be so, and what is under way does come.
"""

from __future__ import annotations

from splx.check.intern import contents
from splx.check.rows import number_in
from splx.check.search import Move, Search

OUTCOMES = 16  # of the choices of one move that are told apart


def movers(s: Search) -> int:
    """Fill `edge_mover`; how many there are. Those of arrivals are the last ones, in the order of devices."""
    cpus = s.machine.tables.n_cpus
    own = s.n_ctxs * OUTCOMES
    for e in range(s.n_edges):
        move = s.edge_move[e]
        kind = move >> 24
        who = (move >> 16) & 255
        if kind == Move.STEP:
            s.edge_mover[e] = running(s, s.edge_from[e], who) * OUTCOMES + folded(move & 0xFFFF)
        elif kind == Move.ACCEPT:
            s.edge_mover[e] = own + who
        elif kind == Move.VISIBLE:
            s.edge_mover[e] = own + cpus + who
        elif kind == Move.OVERTAKE:
            s.edge_mover[e] = -1
        else:
            s.edge_mover[e] = own + 2 * cpus + who
    return own + 2 * cpus + s.n_devs


def running(s: Search, state: int, c: int) -> int:
    """The context that a CPU runs in a state."""
    part = s.first_cpu + c
    number = 0
    if s.bits[part] != 0:
        number = number_in(s, part, s.rows[state * s.row_words + s.word[part]])
    return s.arena[contents(s, part, number)] & 0xFFFF


def folded(choices: int) -> int:
    """The outcomes of a move as one of OUTCOMES."""
    return (choices ^ (choices >> 4) ^ (choices >> 8) ^ (choices >> 12)) & (OUTCOMES - 1)
