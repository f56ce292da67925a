"""The event queue: a binary heap of slots, each with at most one event.

A slot is a device (its next arrival), an inter-processor irq (its arrival at the target), or the end of the run.
Order: time, then rank, then slot number. The rank is where the order of simultaneous events is *chosen*.
"""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.machine.dist import hash3
from splx.machine.state import Machine


@inline
def before(m: Machine, p: int, q: int) -> bool:
    """Whether slot `p` comes before slot `q`."""
    b = m.beside
    if b.ev_time[p] != b.ev_time[q]:
        return b.ev_time[p] < b.ev_time[q]
    if b.ev_rank[p] != b.ev_rank[q]:
        return b.ev_rank[p] < b.ev_rank[q]
    return p < q


@inline
def place(m: Machine, at: int, slot: int) -> None:
    """Put a slot at a place in the heap."""
    m.beside.heap[at] = slot
    m.beside.where[slot] = at


def sift_up(m: Machine, start: int) -> None:
    """Move the slot at `start` towards the root."""
    at = start
    slot = m.beside.heap[at]
    while at > 0 and before(m, slot, m.beside.heap[(at - 1) >> 1]):
        place(m, at, m.beside.heap[(at - 1) >> 1])
        at = (at - 1) >> 1
    place(m, at, slot)


def sift_down(m: Machine, start: int) -> None:
    """Move the slot at `start` towards the leaves."""
    at = start
    slot = m.beside.heap[at]
    n = m.beside.n_events
    child = 2 * at + 1
    while child < n:
        if child + 1 < n and before(m, m.beside.heap[child + 1], m.beside.heap[child]):
            child = child + 1
        if not before(m, m.beside.heap[child], slot):
            break
        place(m, at, m.beside.heap[child])
        at = child
        child = 2 * at + 1
    place(m, at, slot)


def schedule(m: Machine, slot: int, when: int) -> None:
    """Queue the slot's event at `when`; an event of the slot already queued moves there."""
    b = m.beside
    queued = b.ev_time[slot] >= 0
    b.ev_time[slot] = when
    b.ev_rank[slot] = tie(m, slot, when)
    if queued:
        sift_up(m, b.where[slot])
        sift_down(m, b.where[slot])
    else:
        place(m, b.n_events, slot)
        b.n_events = b.n_events + 1
        sift_up(m, b.n_events - 1)


def tie(m: Machine, slot: int, when: int) -> int:
    """The rank among simultaneous events: declared order, its reverse, or drawn anew for every instant."""
    if m.tables.ties == 0:
        return 0
    if m.tables.ties == 1:
        return -slot
    return hash3(m.tables.seed, m.tables.ties, when, slot)


def pop(m: Machine) -> int:
    """Remove and return the first slot."""
    b = m.beside
    slot = b.heap[0]
    b.ev_time[slot] = -1
    b.n_events = b.n_events - 1
    if b.n_events > 0:
        place(m, 0, b.heap[b.n_events])
        sift_down(m, 0)
    return slot
