"""The queues of soft interrupts: a list for each soft level of each CPU, first come first served.

Used by their CPU alone, at IPL_HIGH. What empties them, and when, is the mechanism's.
"""

from __future__ import annotations

from splx.kernel.interface.levels import SOFTS
from splx.kernel.interface.lines import MAXSOFTINTS, Softint
from splx.lang.kernel import Array, PerCpu, array, inline, u8

NODES = SOFTS + MAXSOFTINTS


class SoftintCpu(PerCpu):
    """The queues of a CPU.

    A queue is a chain of nodes. Node k is the head of soft level k, node SOFTS + i stands for softint i;
    `after[n]` is the node behind n, 0 none; `last[k]` is the last node of queue k, the head itself if there is
    no other.
    """

    after: Array[u8] = array(NODES)
    last: Array[u8] = array(SOFTS)
    active: Array[u8] = array(SOFTS)
    pending: Array[u8] = array(MAXSOFTINTS)


sq = SoftintCpu(last=[0, 1, 2, 3, 4])


@inline
def softq_put(k: int, i: int) -> None:
    """Softint `i`, whose `pending` was just set, is the last of queue `k`."""
    node = SOFTS + i
    sq.after[sq.last[k]] = node
    sq.last[k] = node


@inline
def softq_push(k: int, i: int) -> None:
    """Softint `i`, whose `pending` was just set, is the first of queue `k`."""
    node = SOFTS + i
    sq.after[node] = sq.after[k]
    sq.after[k] = node
    if sq.last[k] == k:
        sq.last[k] = node


@inline
def softq_remove(k: int, node: int) -> None:
    """Take the first node off queue `k`. Its softint is pending still."""
    sq.after[k] = sq.after[node]
    if sq.after[node] == 0:
        sq.last[k] = k
    sq.after[node] = 0


def softq_has(si: Softint) -> bool:
    """Whether `si` is on the queue of its level. At IPL_HIGH, and for assertions only."""
    mine = SOFTS + si.si_index
    node = sq.after[si.si_soft]
    queued = False
    while node != 0:
        queued = queued or node == mine
        node = sq.after[node]
    return queued
