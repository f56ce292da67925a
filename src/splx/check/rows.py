"""The states found so far, as rows of numbers of contents; every state once, found by hashing.

Reading what lies anywhere in a long table takes the time of many instructions, unless several such reads are under way
at once. So successors are kept until there are some dozens, and looked up together, in the order in which they came.
"""

from __future__ import annotations

from splx.check.intern import mix
from splx.check.search import ASIDE, HAND, RECENT_AT, ROW, Search
from splx.lang.kernel import inline
from splx.lang.wide import bit, ushr


def encode(s: Search) -> None:
    """The row of the machine at hand, in `other`."""
    for k in range(s.row_words):
        s.other[k] = 0
    for k in range(s.n_active):
        part = s.active[k]
        s.other[s.word[part]] = s.other[s.word[part]] | s.value[part] << s.shift[part]


@inline
def number_in(s: Search, part: int, word: int) -> int:
    """A part's number in a word of a row."""
    return ushr(word, s.shift[part]) & (bit(s.bits[part]) - 1)


@inline
def take_row(s: Search, state: int) -> None:
    """The row of a state, in `row`."""
    base = state * s.row_words
    for k in range(s.row_words):
        s.row[k] = s.rows[base + k]


def hash_other(s: Search) -> int:
    """A hash of the row in `other`."""
    h = 0
    for k in range(s.row_words):
        h = mix(h, s.other[k])
    return h


def find(s: Search, h: int) -> int:
    """The state whose row is in `other`, or -1 - the slot where it would stand."""
    mask = s.slots_mask
    tag = ushr(h, 33)
    at = tag >> s.slots_shift
    while s.slots[at] != 0:
        if s.slots[at] >> 32 == tag:
            state = (s.slots[at] & 0xFFFFFFFF) - 1
            if equal_row(s, state * s.row_words):
                return state
        at = (at + 1) & mask
    return -1 - at


@inline
def equal_row(s: Search, base: int) -> bool:
    """Whether the row at `base` is the one in `other`."""
    equal = True
    k = 0
    while equal and k < s.row_words:
        equal = s.rows[base + k] == s.other[k]
        k = k + 1
    return equal


def enter(s: Search, came: int) -> int:
    """The state whose row is in `other`, entered if it is new."""
    h = hash_other(s)
    at = find(s, h)
    if at >= 0:
        return at
    state = s.n_states
    s.slots[-1 - at] = ushr(h, 33) << 32 | (state + 1)
    for k in range(s.row_words):
        s.rows[state * s.row_words + k] = s.other[k]
    s.came[state] = came
    s.n_states = state + 1
    return state


@inline
def keep_for_later(s: Search, came: int) -> None:
    """The row in `other` is that of a successor. Every second has been one a short while ago."""
    h = hash_other(s)
    if not lately(s, ushr(h, RECENT_AT) * s.row_words):
        if s.n_hand == HAND:
            enter_all(s)
        n = s.n_hand
        for k in range(s.row_words):
            s.hand[n * ROW + k] = s.other[k]
        s.hand_hash[n] = h
        s.hand_came[n] = came
        s.n_hand = n + 1


@inline
def lately(s: Search, at: int) -> bool:
    """Whether the row remembered at `at` is that in `other`. From now on it is; at first it is that of state 0."""
    changed = 0
    for k in range(s.row_words):
        changed = changed | (s.recent[at + k] ^ s.other[k])
        s.recent[at + k] = s.other[k]
    return changed == 0


def enter_all(s: Search) -> None:
    """Enter what has been kept. The first two loops only ask for what the third reads."""
    asked = 0
    for n in range(s.n_hand):
        asked = asked ^ s.slots[ushr(s.hand_hash[n], 33) >> s.slots_shift]
    for n in range(s.n_hand):
        tag = ushr(s.hand_hash[n], 33)
        known = s.slots[tag >> s.slots_shift]
        if known != 0 and known >> 32 == tag:
            asked = asked ^ s.rows[((known & 0xFFFFFFFF) - 1) * s.row_words]
    s.asked = asked
    for n in range(s.n_hand):
        enter_kept(s, n)
    s.n_hand = 0


@inline
def enter_kept(s: Search, n: int) -> None:
    """Enter one of them unless it is known."""
    tag = ushr(s.hand_hash[n], 33)
    mask = s.slots_mask
    words = s.row_words
    at = tag >> s.slots_shift
    known = False
    slot = s.slots[at]
    while slot != 0 and not known:
        if slot >> 32 == tag:
            base = ((slot & 0xFFFFFFFF) - 1) * words
            known = True
            for k in range(words):
                known = known and s.rows[base + k] == s.hand[n * ROW + k]
        if not known:
            at = (at + 1) & mask
            slot = s.slots[at]
    if not known:
        state = s.n_states
        s.slots[at] = tag << 32 | (state + 1)
        for k in range(words):
            s.rows[state * words + k] = s.hand[n * ROW + k]
        s.came[state] = s.hand_came[n]
        s.n_states = state + 1


def rehash(s: Search) -> None:
    """Enter all states into the slots, whatever stands there: some at a time, as in `enter_all`."""
    for at in range(s.slots_mask + 1):
        s.slots[at] = 0
    state = 0
    while state < s.n_states:
        some = min(HAND, s.n_states - state)
        asked = 0
        for n in range(some):
            h = hash_of(s, (state + n) * s.row_words)
            s.hand_hash[n] = h
            asked = asked ^ s.slots[ushr(h, 33) >> s.slots_shift]
        s.asked = asked
        for n in range(some):
            tag = ushr(s.hand_hash[n], 33)
            put_slot(s, tag << 32 | (state + n + 1), s.slots_mask + 1, s.slots_shift)
        state = state + some


@inline
def hash_of(s: Search, base: int) -> int:
    """The hash of the row at `base`."""
    h = 0
    for k in range(s.row_words):
        h = mix(h, s.rows[base + k])
    return h


def spread(s: Search, length: int, shift: int) -> bool:
    """Move what is in the first `slots` to where it belongs among `length`, of which the others are empty. False if
    that goes wrong, and all is to be entered anew.

    A place is the first bits of a tag, so it moves up, to twice as far, and what is moved last to first meets nothing
    that has not been moved: but for those at the beginning, which are put aside, and unless something stands far behind
    its place.
    """
    old = s.slots_mask + 1
    aside = min(ASIDE, old)
    near = True
    for k in range(aside):
        s.aside[k] = s.slots[k]
        s.slots[k] = 0
    for n in range(old - aside):
        k = old - 1 - n
        slot = s.slots[k]
        if slot != 0:
            near = near and k - (slot >> 32 + s.slots_shift) < aside // 2
            s.slots[k] = 0
            put_slot(s, slot, length, shift)
    for k in range(aside):
        if s.aside[k] != 0:
            put_slot(s, s.aside[k], length, shift)
    return near


@inline
def put_slot(s: Search, slot: int, length: int, shift: int) -> None:
    """To the first free place from its own on."""
    at = slot >> 32 + shift
    while s.slots[at] != 0:
        at = (at + 1) & (length - 1)
    s.slots[at] = slot


def relayout(s: Search) -> None:
    """Write all rows anew, with the new bits, in their place: the last first, or the first if they take less room.

    Parts that stay beside one another are moved as one piece. The pieces of each word stand together, in their order.
    """
    for n in range(s.n_states):
        state = n if s.fresh_words < s.row_words else s.n_states - 1 - n
        for k in range(s.row_words):
            s.other[k] = s.rows[state * s.row_words + k]
        to = state * s.fresh_words
        for w in range(s.fresh_words):
            word = 0
            for at in range(s.first_piece[w], s.first_piece[w + 1]):
                word = word | ushr(s.other[s.piece_word[at]] & s.piece_mask[at], s.piece_right[at]) << s.piece_left[at]
            s.rows[to + w] = word
    for k in range((1 << 64 - RECENT_AT) * s.fresh_words):
        s.recent[k] = 0
