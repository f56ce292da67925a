"""What has been seen of moves, so that none is made twice.

What a move does follows from the parts that it looks at, and no other part changes. So the parts that a move looked at
are noted, in their order, with the contents they had, and what became of the move: in another state in which the same
parts have the same contents it is the same move, and the machine does not make it again.

For each kind of move and each mover there is a tree. A node names the part that is looked at next and has a branch for
each of its contents; or it names a choice, and has a branch for each outcome. A leaf says which bits of a row change.
Parts that have been seen with one content only are left out. When rows get a new layout, all is forgotten.
"""

from __future__ import annotations

from splx.check.intern import mix
from splx.check.search import ROW, Outcome, Search
from splx.lang.kernel import inline
from splx.lang.wide import bit, ushr

ROOTS = 1536  # of trees: kind << 8 | who
HEAD = 3  # words of a node before its branches: part, or -1 - choice; word | shift << 8 | many << 16; mask
FEW = 5  # bits of a part whose branches lie side by side; those of others are found by hashing
#: words of a leaf before the changes: outcome | changes << 8; who made progress; who made a round; what it accesses
LEAF = 4  # and then, by word of a row, the bits that the move has looked at
CHANGE = 3  # words of a change: word of the row, bits that stay, bits that are set
SPARE = 1 << 16  # words that the moves of one state may need


@inline
def branch(s: Search, node: int, number: int) -> int:
    """Where the branch of a node with many of them stands, or would: its key, then where it leads."""
    key = node << 32 | number
    at = mix(0, key) & s.memo_mask
    while s.memo[ROOTS + 2 * at] != key and s.memo[ROOTS + 2 * at] != 0:
        at = (at + 1) & s.memo_mask
    return ROOTS + 2 * at


def recall_next(s: Search, k: int) -> int:
    """The leaf of the moves of mover `k`, as `recall`. States that are expanded one after the other differ in little:
    if in nothing that the last such move looked at, it is the same leaf.
    """
    leaf = s.last_leaf[k]
    if leaf > 0 and s.n_chosen == 0:
        other = 0
        for w in range(s.row_words):
            other = other | (s.row[w] ^ s.last_row[k * ROW + w]) & s.memo[leaf + LEAF + w]
        if other == 0:
            return leaf
    leaf = recall(s, s.mover[k] >> 8, s.mover[k] & 255)
    if s.n_chosen == 0:
        s.last_leaf[k] = leaf
        for w in range(s.row_words):
            s.last_row[k * ROW + w] = s.row[w]
    return leaf


def recall(s: Search, kind: int, who: int) -> int:
    """The leaf of a move in the state whose row is in `row`, 0 if it has not been seen."""
    node = s.memo[kind << 8 | who]
    while node > 0:
        how = s.memo[node + 1]
        if s.memo[node] < 0:
            node = s.memo[node + HEAD + outcome_of(s, -1 - s.memo[node], how >> 16)]
        else:
            number = ushr(s.row[how & 255], (how >> 8) & 255) & s.memo[node + 2]
            if (how >> 16) == 0:
                node = s.memo[node + HEAD + number]
            else:
                at = branch(s, node, number)
                node = s.memo[at + 1] if s.memo[at] != 0 else 0
    return -node


@inline
def outcome_of(s: Search, k: int, among: int) -> int:
    """The outcome that choice `k` of this move, among so many, is to have."""
    if k >= s.n_chosen:
        s.chosen[k] = 0
        s.n_chosen = k + 1
    s.among[k] = among
    return s.chosen[k]


@inline
def apply(s: Search, leaf: int) -> None:
    """The row of the state that a move leads to, in `other`."""
    for k in range(s.row_words):
        s.other[k] = s.row[k]
    at = leaf + LEAF + s.row_words
    for _ in range(s.memo[leaf] >> 8):
        w = s.memo[at]
        s.other[w] = (s.row[w] & s.memo[at + 1]) | s.memo[at + 2]
        at = at + CHANGE
    s.progress = s.memo[leaf + 1]
    s.rounds = s.memo[leaf + 2]


def note(s: Search, kind: int, who: int, outcome: int) -> None:
    """Note what a move looked at and what became of it: its successor's row is in `other`, and it is not undone yet."""
    if s.memo_used + SPARE // 8 > s.memo_room:
        return
    slot = kind << 8 | who
    for k in range(s.n_looked):
        part = s.looked[k]
        if part < 0 or s.bits[part] != 0:
            slot = down(s, slot, part)
    if s.memo[slot] != 0:
        s.strange = 1
    s.memo[slot] = -leaf_of(s, outcome)


def down(s: Search, slot: int, part: int) -> int:
    """From where a node is entered, or is to be, to where its branch for the present contents of `part` is."""
    if s.memo[slot] == 0:
        s.memo[slot] = node_of(s, part)
    node = s.memo[slot]
    if node < 0:
        s.strange = 1
        return slot
    if s.memo[node] != part:
        s.strange = 1
    if part < 0:
        return node + HEAD + s.chosen[-1 - part]
    if (s.memo[node + 1] >> 16) == 0:
        return node + HEAD + s.value[part]
    at = branch(s, node, s.value[part])
    if s.memo[at] == 0:
        s.memo[at] = node << 32 | s.value[part]
        s.memo_pairs = s.memo_pairs + 1
    return at + 1


def node_of(s: Search, part: int) -> int:
    """A new node."""
    node = s.memo_used
    branches = 0
    s.memo[node] = part
    if part < 0:
        branches = s.among[-1 - part]
        s.memo[node + 1] = branches << 16
    else:
        many = s.bits[part] > FEW
        branches = 0 if many else 1 << s.bits[part]
        s.memo[node + 1] = s.word[part] | s.shift[part] << 8 | int(many) << 16
        s.memo[node + 2] = bit(s.bits[part]) - 1
    for k in range(branches):
        s.memo[node + HEAD + k] = 0
    s.memo_used = node + HEAD + branches
    return node


def leaf_of(s: Search, outcome: int) -> int:
    """A new leaf: the bits of dirty parts, word by word."""
    leaf = s.memo_used
    for w in range(s.row_words):
        s.memo[leaf + LEAF + w] = looked_at(s, w)
    at = leaf + LEAF + s.row_words
    changes = 0
    if outcome == Outcome.DONE:
        for w in range(s.row_words):
            mask = 0
            for k in range(s.n_dirty):
                part = s.dirty[k]
                if s.word[part] == w and s.bits[part] != 0:
                    mask = mask | (bit(s.bits[part]) - 1) << s.shift[part]
            if s.other[w] != s.row[w]:
                s.memo[at] = w
                s.memo[at + 1] = ~mask
                s.memo[at + 2] = s.other[w] & mask
                at = at + CHANGE
                changes = changes + 1
    s.memo[leaf] = outcome | changes << 8
    s.memo[leaf + 1] = s.progress
    s.memo[leaf + 2] = s.rounds
    s.memo[leaf + 3] = s.access
    s.memo_used = at
    return leaf


def looked_at(s: Search, w: int) -> int:
    """The bits of a word of a row that stand for what the move has looked at."""
    mask = 0
    for k in range(s.n_looked):
        part = s.looked[k]
        if part >= 0 and s.bits[part] != 0 and s.word[part] == w:
            mask = mask | (bit(s.bits[part]) - 1) << s.shift[part]
    return mask


@inline
def memo_full(s: Search) -> bool:
    """Whether there may be no room for what the moves of one state need."""
    return s.memo_used + SPARE > s.memo_room or s.memo_pairs * 2 > s.memo_mask


def forget(s: Search) -> None:
    """Begin anew, with an empty memory: roots, a quarter of the room for branches that are hashed, then nodes."""
    first = ROOTS + 2 * (s.memo_mask + 1)
    for k in range(first):
        s.memo[k] = 0
    s.memo_used = first
    s.memo_pairs = 0
    for k in range(s.n_movers):
        s.last_leaf[k] = 0
