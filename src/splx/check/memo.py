"""What has been seen of moves, so that none is made twice.

What a move does follows from the parts that it looks at, and no other part changes. So the parts that a move looked at
are noted, in their order, with the contents they had, and what became of the move: in another state in which the same
parts have the same contents it is the same move, and the machine does not make it again.

For each kind of move and each mover there is a tree. A node names the part that is looked at next and has a branch for
each of its contents; or it names a choice, and has a branch for each outcome. A leaf says which bits of a row the move
has looked at, and which of them change. Parts that have been seen with one content only are left out. When rows get a
new layout, all is forgotten.
"""

from __future__ import annotations

from splx.check.intern import mix
from splx.check.search import ROW, Move, Outcome, Search
from splx.lang.kernel import inline
from splx.lang.wide import bit, ushr

ROOTS = 1536  # of trees: kind << 8 | who
#: words of a node before its branches: word of a row | shift << 8 | bits << 16 | MANY | part << 32; or, for a choice,
#: -1 - (its number | outcomes << 8)
HEAD = 1
MANY = 1 << 24
FEW = 7  # bits of a part whose branches lie side by side; those of others are found by hashing
#: words of a leaf before the bits it has looked at, by word of a row, and those that change: its outcome, who made
#: progress, who made a round, what it accesses
LEAF = 4
SPARE = 1 << 16  # words that the moves of one state may need


@inline
def branch(s: Search, node: int, number: int) -> int:
    """Where the branch of a node with many of them stands, or would: its key, then where it leads."""
    key = node << 32 | number
    at = mix(0, key) & s.memo_mask
    while s.memo[ROOTS + 2 * at] != key and s.memo[ROOTS + 2 * at] != 0:
        at = (at + 1) & s.memo_mask
    return ROOTS + 2 * at


@inline
def recall_next(s: Search, k: int) -> int:
    """The leaf of the move of mover `k` in the state whose row is in `row`: less than 0 if it has none there, 0 if that
    has not been seen. If there are choices, `n_chosen` says so. States that are expanded one after the other differ in
    little: if in nothing that the last such move looked at, it is the same leaf.
    """
    at = k * ROW
    other = (s.row[0] ^ s.last_bits[at]) & s.last_mask[at] | (s.row[1] ^ s.last_bits[at + 1]) & s.last_mask[at + 1]
    for w in range(2, s.row_words):
        other = other | (s.row[w] ^ s.last_bits[at + w]) & s.last_mask[at + w]
    leaf = s.last_leaf[k]
    return leaf if other == 0 and leaf != 0 and recalls(s) else recall_anew(s, k)


@inline
def recalls(s: Search) -> bool:
    """Whether moves are recalled."""
    return s.memo_room > 0 and s.raised == 0


def recall_anew(s: Search, k: int) -> int:
    """The same, where that is not known."""
    kind = s.mover[k] >> 8
    who = s.mover[k] & 255
    leaf = recall(s, kind, who) if recalls(s) else 0
    if leaf > 0:
        if kind == Move.STEP:
            s.about[who] = s.memo[leaf + 3]
        for w in range(s.row_words):
            s.last_mask[k * ROW + w] = s.memo[leaf + LEAF + w]
            s.last_bits[k * ROW + w] = s.row[w]
        if (s.memo[leaf] & 255) != Outcome.DONE:
            leaf = -leaf
    s.last_leaf[k] = leaf if s.n_chosen == 0 else 0
    return leaf


def recall(s: Search, kind: int, who: int) -> int:
    """The leaf of a move in the state whose row is in `row`, 0 if it has not been seen."""
    node = s.memo[kind << 8 | who]
    while node > 0:
        head = s.memo[node]
        if head < 0:
            node = s.memo[node + HEAD + outcome_of(s, (-1 - head) & 255, (-1 - head) >> 8)]
        else:
            number = ushr(s.row[head & 255], (head >> 8) & 255) & (bit((head >> 16) & 255) - 1)
            if (head & MANY) == 0:
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
    at = leaf + LEAF + s.row_words
    for w in range(s.row_words):
        s.other[w] = s.row[w] ^ s.memo[at + w]


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
    head = s.memo[node]
    if head != head_of(s, part):
        s.strange = 1
    if head < 0:
        return node + HEAD + s.chosen[-1 - part]
    if (head & MANY) == 0:
        return node + HEAD + s.value[part]
    at = branch(s, node, s.value[part])
    if s.memo[at] == 0:
        s.memo[at] = node << 32 | s.value[part]
        s.memo_pairs = s.memo_pairs + 1
    return at + 1


@inline
def head_of(s: Search, part: int) -> int:
    """What a node says of a part, or of the choice -1 - `part`."""
    if part < 0:
        return -1 - (-1 - part | s.among[-1 - part] << 8)
    many = MANY if s.bits[part] > FEW else 0
    return s.word[part] | s.shift[part] << 8 | s.bits[part] << 16 | many | part << 32


def node_of(s: Search, part: int) -> int:
    """A new node."""
    node = s.memo_used
    s.memo[node] = head_of(s, part)
    branches = 0
    if part < 0:
        branches = s.among[-1 - part]
    elif s.bits[part] <= FEW:
        branches = 1 << s.bits[part]
    for k in range(branches):
        s.memo[node + HEAD + k] = 0
    s.memo_used = node + HEAD + branches
    return node


def leaf_of(s: Search, outcome: int) -> int:
    """A new leaf. What changes has been looked at."""
    leaf = s.memo_used
    s.memo[leaf] = outcome
    s.memo[leaf + 1] = s.progress
    s.memo[leaf + 2] = s.rounds
    s.memo[leaf + 3] = s.access
    at = leaf + LEAF
    for w in range(s.row_words):
        mask = looked_at(s, w)
        changes = s.other[w] ^ s.row[w] if outcome == Outcome.DONE else 0
        if (changes & ~mask) != 0:
            s.strange = 1
        s.memo[at + w] = mask
        s.memo[at + s.row_words + w] = changes
    s.memo_used = at + 2 * s.row_words
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
