"""What each move of the graph is to an interrupt storm of one device on one CPU; see `storm`."""

from __future__ import annotations

from splx.check.explore import load_state
from splx.check.search import Move, Search
from splx.lang.wide import bit
from splx.machine.directing import waiting

ENDS = 1  # bits of a move: it has no place in a storm
TAKES = 2  # the CPU takes the interrupt of the device


def storms(s: Search, dev: int, c: int) -> int:
    """Mark all moves, once `movers` has been there. How many TAKES.

    Something that arrives at the device, or is taken from it, is no part of a storm, nor a step of the CPU where it can
    take an interrupt: hardware takes that first. So nobody is unfair who keeps such a step waiting, nor if nothing
    arrives anywhere.
    """
    found = 0
    at = -1
    next_ = -1
    irq = s.machine.beside.devices[dev].irq
    for e in range(s.n_edges):
        if s.edge_from[e] != at:
            at = s.edge_from[e]
            next_ = due(s, at, c)
        move = s.edge_move[e]
        kind = move >> 24
        here = ((move >> 16) & 255) == c
        bits = ENDS if (s.edge_who[e] & bit(s.dev_group[dev])) != 0 else 0
        if kind == Move.ARRIVE:
            s.edge_mover[e] = -1
            bits = ENDS if ((move >> 16) & 255) == dev else bits
        elif kind == Move.STEP and here and (next_ >= 0 or (s.edge_round[e] & ~s.brief) != 0):
            s.edge_mover[e] = -1
            bits = ENDS
        elif kind == Move.ACCEPT and here and next_ == irq and bits == 0:
            bits = TAKES
            found = found + 1
        s.edge_worth[e] = bits
    return found


def due(s: Search, state: int, c: int) -> int:
    """The interrupt that CPU `c` can take in a state, -1 none."""
    load_state(s, state)
    if s.machine.state.iflag[c] == 0 or s.buffered[c] != 0:
        return -1
    return waiting(s.machine, c, 0)
