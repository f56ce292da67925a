"""Whose each move is, for fairness: the context that a CPU runs, and what it finds out; a CPU that takes an interrupt,
or that a store leaves; a device at which something arrives.

A deadline that is asked for again and again is over at last: "over" and "not yet" are each somebody's own. What is
drawn with `choose` is not: it may come out the same for ever. Only where it is looked for moves that get nowhere, and
for storms, comes every outcome of every draw, see `closed` in `fair`: a client that never draws what ends its loop is
no fault of what it uses. That an interrupt overtakes one that is under way is nobody's: it need never be so, and what
is under way does come.
"""

from __future__ import annotations

from splx.check.explore import load_state
from splx.check.intern import contents
from splx.check.rows import number_in
from splx.check.search import Class, Move, Search

OUTCOMES = 17  # of the choices of one move that are told apart, and that there is none


def movers(s: Search, closed: int) -> int:
    """Fill `edge_mover`; how many there are. Those of arrivals are the last ones, in the order of devices. `closed`:
    outcomes are asked for otherwise, and are nobody's own.
    """
    cpus = s.machine.tables.n_cpus
    own = s.n_ctxs * OUTCOMES
    for e in range(s.n_edges):
        move = s.edge_move[e]
        kind = move >> 24
        who = (move >> 16) & 255
        if kind == Move.STEP:
            outcome = 0
            if closed == 0 and is_drawn(s, e) and asks_the_time(s, s.edge_from[e], who):
                outcome = 1 + folded(move & 0xFFFF)
            s.edge_mover[e] = running(s, s.edge_from[e], who) * OUTCOMES + outcome
        elif kind == Move.ACCEPT:
            s.edge_mover[e] = own + who
        elif kind == Move.VISIBLE:
            s.edge_mover[e] = own + cpus + who
        elif kind == Move.OVERTAKE:
            s.edge_mover[e] = -1
        else:
            s.edge_mover[e] = own + 2 * cpus + who
    return own + 2 * cpus + s.n_devs


def is_drawn(s: Search, e: int) -> bool:
    """Whether a move of a CPU is one of several that it can make in the same state."""
    mine = s.edge_move[e] >> 16
    start = s.edge_from[e]
    if e > 0 and s.edge_from[e - 1] == start and s.edge_move[e - 1] >> 16 == mine:
        return True
    return e + 1 < s.n_edges and s.edge_from[e + 1] == start and s.edge_move[e + 1] >> 16 == mine


def running(s: Search, state: int, c: int) -> int:
    """The context that a CPU runs in a state."""
    part = s.first_cpu + c
    number = 0
    if s.bits[part] != 0:
        number = number_in(s, part, s.rows[state * s.row_words + s.word[part]])
    return s.arena[contents(s, part, number)] & 0xFFFF


def asks_the_time(s: Search, state: int, c: int) -> bool:
    """Whether what a CPU does next in a state is to ask whether a time has passed."""
    load_state(s, state)
    return (s.klass[s.machine.state.pc[s.machine.state.cur[c]]] & Class.CHOICE) != 0


def folded(choices: int) -> int:
    """The outcomes of a move as one of 16."""
    return (choices ^ (choices >> 4) ^ (choices >> 8) ^ (choices >> 12)) & 15
