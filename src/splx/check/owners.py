"""Words that nobody else can look at now: those of one context, of one CPU, and those under a lock that is held.

Which words those are is not declared. It is guessed and then seen: a search begins with the guess that nobody shares
anything, notes who reads and writes each word and which locks are held whenever that happens, and begins anew when a
word turns out to be in more hands, or under fewer locks, than moves were made for. When it comes to its end without
that, no step in any interleaving uses a word otherwise: the first that did would have been found (Stoller and Cohen,
Optimistic synchronization-based state-space reduction, 2003). What goes wrong before the guess is right goes wrong all
the same, for every move is a row of the machine's own steps.

A lock, too, is what behaves like one: a word that a locked operation takes from 0, and that only the hands that took it
bring back to 0. Giving it back begins a step of its own, though textbooks fuse it, for an interrupt may come before and
find it held: deadlocks are lost otherwise. A context that is switched away passes on what it holds to the next one on
its CPU, as kernels do with the locks of their run queues.

Hands: 0 nobody's, else CPU + 1 << 16 | context + 1, with 0 for a part in which they differ; MANY if both do.
"""

from __future__ import annotations

from splx.check.look import look
from splx.check.search import LINE_WORDS, LOCKS, Class, Search
from splx.lang.kernel import inline
from splx.lang.wide import bit, ctz
from splx.machine.constants import ADDRESS_SHIFT

MANY = 1 << 30
CONTEXT_BITS = 0xFFFF
NO_LOCK = -1


@inline
def joined_by(hands: int, me: int) -> int:
    """The hands that a word is in when `me` uses it, too."""
    if hands == 0:
        return me
    if hands == MANY:
        return MANY
    cpu = (hands >> 16) << 16 if (hands >> 16) == (me >> 16) else 0
    context = hands & CONTEXT_BITS if (hands & CONTEXT_BITS) == (me & CONTEXT_BITS) else 0
    return cpu | context if (cpu | context) != 0 else MANY


@inline
def me_at(c: int, ctx: int) -> int:
    """A context on a CPU, as hands."""
    return (c + 1) << 16 | (ctx + 1)


@inline
def look_at_lock(s: Search, k: int) -> None:
    """Who holds lock `k` matters to the move."""
    look(s, s.first_line + (s.lock_at[k] >> ADDRESS_SHIFT))


def held_among(s: Search, locks: int, me: int) -> int:
    """Those of `locks` that are in my hands."""
    found = 0
    left = locks & (bit(s.n_locks) - 1)
    while left != 0:
        k = ctz(left)
        left = left & (left - 1)
        look_at_lock(s, k)
        if s.held_by[k] == me:
            found = found | bit(k)
    return found


def used(s: Search, address: int, me: int, writes: int) -> None:
    """A word is used."""
    before = s.user[address]
    now = joined_by(before, me)
    if now != before:
        s.user[address] = now
        s.raised = 1
    locks = s.user_locks[address]
    if locks != 0:
        held = held_among(s, locks, me)
        if held != locks:
            s.user_locks[address] = held
            s.raised = 1
    if writes != 0:
        written(s, address, me)


def written(s: Search, address: int, me: int) -> None:
    """A word is written."""
    before = s.writer[address]
    now = joined_by(before, me)
    if now != before:
        s.writer[address] = now
        s.raised = 1
    locks = s.writer_locks[address]
    if locks != 0:
        held = held_among(s, locks, me)
        if held != locks:
            s.writer_locks[address] = held
            s.raised = 1


def seen_by(s: Search, address: int, me: int, writes: int) -> int:
    """Who could tell when `me` uses a word: a Class, STOP everybody, GUARDED its CPU's interrupts, 0 nobody."""
    hands = joined_by(s.user[address], me) if writes != 0 else s.writer[address]
    if hands == 0:
        return 0
    mine = (hands & CONTEXT_BITS) == (me & CONTEXT_BITS)
    here = (hands >> 16) == (me >> 16)
    if hands != MANY and mine and (here or s.tso == 0):
        return 0
    locks = s.user_locks[address] if writes != 0 else s.writer_locks[address]
    if s.lock_of[address] > 0:
        locks = bit(s.lock_of[address] - 1) if writes == 0 else 0
    if locks != 0 and held_among(s, locks, me) != 0:
        return 0
    return Class.GUARDED if hands != MANY and here else Class.STOP


# ---- locks


def turned(s: Search, address: int, me: int, before: int, after: int, locked: int) -> None:
    """A word that is a lock, or may be one, went from `before` to `after`."""
    k = s.lock_of[address] - 1
    if k < -1 or before == after:
        return
    if before == 0 and locked != 0:
        if k < 0:
            k = new_lock(s, address)
        if k >= 0:
            s.held_by[k] = me
    elif k >= 0:
        if after == 0 and s.held_by[k] == me:
            s.held_by[k] = 0
        else:
            no_lock(s, address, k)


def new_lock(s: Search, address: int) -> int:
    """A word behaves like a lock for the first time: whatever was used before was not under it. -1: too many."""
    k = s.n_locks
    if k == LOCKS:
        return -1
    s.n_locks = k + 1
    s.lock_at[k] = address
    s.lock_of[address] = k + 1
    for at in range(s.n_lines * LINE_WORDS):
        if s.user[at] != 0:
            s.user_locks[at] = s.user_locks[at] & ~bit(k)
        if s.writer[at] != 0:
            s.writer_locks[at] = s.writer_locks[at] & ~bit(k)
    s.raised = 1
    return k


def no_lock(s: Search, address: int, k: int) -> None:
    """It is no lock after all."""
    s.lock_of[address] = NO_LOCK
    for at in range(s.n_lines * LINE_WORDS):
        s.user_locks[at] = s.user_locks[at] & ~bit(k)
        s.writer_locks[at] = s.writer_locks[at] & ~bit(k)
    s.raised = 1


def pass_on(s: Search, c: int, ctx: int) -> None:
    """Context `ctx` has been switched away on CPU `c`: what it holds goes to the one that goes on."""
    me = me_at(c, ctx)
    next_ = me_at(c, s.machine.state.cur[c])
    for k in range(s.n_locks):
        look_at_lock(s, k)
        if s.held_by[k] == me:
            s.held_by[k] = next_
            part = s.first_line + (s.lock_at[k] >> ADDRESS_SHIFT)
            if s.is_dirty[part] == 0:
                s.is_dirty[part] = 1
                s.dirty[s.n_dirty] = part
                s.n_dirty = s.n_dirty + 1
