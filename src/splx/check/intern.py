"""Contents of parts, numbered as they are first seen. Equal contents have equal numbers."""

from __future__ import annotations

from splx.check.search import Search
from splx.lang.kernel import inline
from splx.lang.wide import ushr, wadd, wmul

HEAD = 3  # words of a record before the contents
FACTOR = -7046029254386353131  # 2**64 / golden ratio, odd


@inline
def mix(hash_: int, word: int) -> int:
    """One more word in a hash."""
    h = wmul(hash_ ^ word, FACTOR)
    return h ^ ushr(h, 29)


def intern(s: Search, part: int) -> int:
    """The number of the contents in `scratch`, a new one if they are new."""
    h = mix(part, s.n_scratch)
    for k in range(s.n_scratch):
        h = mix(h, s.scratch[k])
    mask = s.index_mask
    at = h & mask
    while s.index[at] != 0:
        if same(s, s.index[at] - 1, part):
            return s.arena[s.index[at]]
        at = (at + 1) & mask
    return keep(s, part, at)


@inline
def same(s: Search, record: int, part: int) -> bool:
    """Whether a record holds the contents in `scratch`."""
    equal = s.arena[record] == part and s.arena[record + 2] == s.n_scratch
    k = 0
    while equal and k < s.n_scratch:
        equal = s.arena[record + HEAD + k] == s.scratch[k]
        k = k + 1
    return equal


def keep(s: Search, part: int, at: int) -> int:
    """Add the contents in `scratch`."""
    number = s.count[part]
    record = s.arena_used
    s.arena[record] = part
    s.arena[record + 1] = number
    s.arena[record + 2] = s.n_scratch
    for k in range(s.n_scratch):
        s.arena[record + HEAD + k] = s.scratch[k]
    s.arena_used = wadd(record, HEAD + s.n_scratch)
    s.index[at] = record + 1
    s.index_used = s.index_used + 1
    if number < s.room[part]:
        s.places[s.place[part] + number] = record
    s.count[part] = number + 1
    return number


@inline
def contents(s: Search, part: int, number: int) -> int:
    """Where in the arena the words of a part's contents stand."""
    return s.places[s.place[part] + number] + HEAD


def intern_for(s: Search, part: int) -> int:
    """As `intern`, for the host, which has filled `scratch`."""
    return intern(s, part)


def enter_places(s: Search, part: int) -> None:
    """Give the records of a part, of all for -1, the places for which there is room."""
    record = 0
    while record < s.arena_used:
        owner = s.arena[record]
        number = s.arena[record + 1]
        if (part < 0 or owner == part) and number < s.room[owner]:
            s.places[s.place[owner] + number] = record
        record = record + HEAD + s.arena[record + 2]


def reindex(s: Search) -> None:
    """Enter all records into a new, empty `index`."""
    mask = s.index_mask
    record = 0
    while record < s.arena_used:
        n = s.arena[record + 2]
        h = mix(s.arena[record], n)
        for k in range(n):
            h = mix(h, s.arena[record + HEAD + k])
        at = h & mask
        while s.index[at] != 0:
            at = (at + 1) & mask
        s.index[at] = record + 1
        record = record + HEAD + n
