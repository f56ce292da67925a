"""Store buffers: what a CPU has stored and others do not see yet (x86-TSO, as Owens, Sarkar and Sewell wrote it down).

A plain store goes to the buffer of its CPU, and at any later time to memory, in order. The CPU itself sees what is in
its buffer. Whatever drains the buffer waits until it is empty. An unlocked read-modify-write reads now, and its store
goes the same way: others come in between. It stores always, also what it has read: over what others have written since.
So does a compare-and-swap that fails (Intel's manual of CMPXCHG: the destination is written in any case). Under
sequential consistency these are the only stores that wait, and their CPU does nothing else meanwhile.
"""

from __future__ import annotations

from splx.check.search import BUFFER, Search
from splx.lang.kernel import inline


@inline
def may_execute(s: Search, c: int, drains: bool, stores: bool) -> bool:
    """Whether the buffer of CPU `c` lets an instruction happen that drains it, or stores."""
    n = s.buffered[c]
    return n == 0 or (s.tso != 0 and not drains and (not stores or n < s.buffer_room))


def look_through(s: Search, c: int) -> None:
    """Memory becomes as CPU `c` sees it."""
    for k in range(s.buffered[c]):
        at = s.buffer_at[c * BUFFER + k]
        s.beneath[k] = s.machine.state.mem[at]
        s.machine.state.mem[at] = s.buffer_word[c * BUFFER + k]


def look_away(s: Search, c: int, n: int) -> None:
    """Memory becomes as all see it: the first `n` stores are still in the buffer."""
    for k in range(n - 1, -1, -1):
        s.machine.state.mem[s.buffer_at[c * BUFFER + k]] = s.beneath[k]


def hold_back(s: Search, c: int, address: int, before: int) -> None:
    """The store that CPU `c` has just made goes to its buffer; memory has what was there before."""
    n = s.buffered[c]
    s.buffer_at[c * BUFFER + n] = address
    s.buffer_word[c * BUFFER + n] = s.machine.state.mem[address]
    s.machine.state.mem[address] = before
    s.buffered[c] = n + 1


def let_go(s: Search, c: int) -> int:
    """The oldest store of CPU `c` becomes visible. Returns its address."""
    address = s.buffer_at[c * BUFFER]
    s.machine.state.mem[address] = s.buffer_word[c * BUFFER]
    n = s.buffered[c] - 1
    for k in range(n):
        s.buffer_at[c * BUFFER + k] = s.buffer_at[c * BUFFER + k + 1]
        s.buffer_word[c * BUFFER + k] = s.buffer_word[c * BUFFER + k + 1]
    s.buffered[c] = n
    return address


def seen_word(s: Search, c: int, address: int) -> int:
    """A word as CPU `c` sees it."""
    word = s.machine.state.mem[address]
    for k in range(s.buffered[c]):
        if s.buffer_at[c * BUFFER + k] == address:
            word = s.buffer_word[c * BUFFER + k]
    return word
