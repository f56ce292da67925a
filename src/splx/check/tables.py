"""The tables of a search, which the host makes longer when the search says that it wants room."""

from __future__ import annotations

from array import array
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from splx.check.codes import too_much
from splx.check.explore import ARENA_MARGIN, MARGIN
from splx.check.intern import HEAD
from splx.check.loading import ROW_WORDS
from splx.check.nodes import NODES_AT
from splx.check.room import OutOfRoom, Words, longer, zeros
from splx.check.search import Want

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from splx.check.alike import Alike
    from splx.check.search import Search
    from splx.lang.buffer import Buffer
    from splx.scenario.system import System

WORD_BITS = 62
TAG_BITS = 31  # of a hash, kept with a state's number
FEW_STATES = 1 << 20  # up to which room grows fourfold
FEW_WAYS = 1 << 15
FEW_PLACES = 4  # contents that there is room for at first, of each part
MANY_STATES = 1 << 14  # from which on bits that are left over are given away
MEMO_LEAST = 1 << 18  # words
MEMO_MOST = 1 << 24
NOTHING = memoryview(bytearray(8)).cast("q")


class Tables:
    """The slices of a search by name, and how each grows."""

    system: System
    buffer: Buffer[Search]
    s: Search
    run: dict[str, Callable[..., Any]]
    alike: Alike

    def __init__(self, most: int) -> None:
        self._slices: dict[str, Words] = {}
        self.most = most  # bytes that all of them may take
        self.elsewhere = 0  # bytes of tables that other processes had for this search

    @property
    def held(self) -> int:
        """Bytes of all tables. What has never been written of them takes no memory."""
        return 8 * sum(map(len, self._slices.values()))

    def _zeros(self, length: int) -> Words:
        """A new table, while the one that it follows is still there. OutOfRoom if that would be too much."""
        if self.held + 8 * length > self.most:
            raise OutOfRoom
        return zeros(length)

    def _satisfy(self, want: Want) -> None:
        s = self.s
        if want is Want.ROOM:
            self._more_states()
        elif want is Want.ARENA:
            self._arena(2 * s.arena_room)
            self._index(2 * (s.index_mask + 1))
        elif want is Want.MEMO:
            self._memo(min(2 * s.memo_room, MEMO_MOST))
        elif want is Want.PLACES:
            self._widen(s.wanted)
        elif want is Want.IMAGE:
            self.alike.learn()
        else:
            self._bits(s.wanted)

    def _nodes(self) -> None:
        """Room for the fates of the nodes of all states there is room for, and for more ways."""
        s = self.s
        nodes = s.states_room * (self.system.cpus + 1)
        self._longer("fates", (nodes >> NODES_AT) + 1)
        s.fates_room = nodes
        if s.n_ways + MARGIN > s.ways_room:
            s.ways_room = self._more("ways", 2, max(s.ways_room, FEW_WAYS))

    def _edges(self, length: int) -> None:
        for name in ("edge_from", "edge_to", "edge_who", "edge_round", "edge_move", "into"):
            self._longer(name, length)
        if self.s.n_turns:
            self._longer("edge_turn", length)
        self.s.edges_room = length

    def _set(self, name: str, items: Words) -> None:
        self._slices[name] = items
        self.buffer.set_slice(name, items)

    def _longer(self, name: str, length: int) -> None:
        old = self._slices.get(name)
        if old is not None and len(old) >= length:
            return
        if old is None:
            self._set(name, self._zeros(length))
            return
        if self.held + 8 * (length - len(old)) > self.most:
            raise OutOfRoom
        self._set(name, NOTHING)
        fresh = longer(old, length)
        self._set(name, fresh)
        if len(fresh) < length:
            raise OutOfRoom

    def _arena(self, length: int) -> None:
        self._longer("arena", length)
        self.s.arena_room = length

    def _memo(self, length: int) -> None:
        """Room for what has been seen of moves, as much as before if there is no more; what was there is forgotten."""
        with suppress(OutOfRoom):
            self._longer("memo", length)
        self._memo_is(len(self._slices["memo"]))

    def _memo_is(self, length: int) -> None:
        self.s.memo_room, self.s.memo_mask = length, length // 8 - 1
        self.run["forget"](self.buffer)

    def _index(self, length: int) -> None:
        self._set("index", self._zeros(length))
        self.s.index_mask = length - 1
        self.run["reindex"](self.buffer)

    # ---- contents, for the host

    def set_table(self, name: str, items: Words) -> None:
        """A table of the host's own making."""
        if self.held + 8 * len(items) > self.most:
            raise OutOfRoom
        self._set(name, items)

    def slice(self, name: str) -> Words:
        """A table by name."""
        return self._slices[name]

    def words_of(self, part: int, number: int) -> list[int]:
        """Contents of a part by their number."""
        arena, record = self._slices["arena"], self._slices["places"][self.s.place[part] + number]
        return arena[record + HEAD : record + HEAD + arena[record + 2]].tolist()

    def number_of(self, part: int, words: Sequence[int]) -> int:
        """The number of contents of a part, which need not have been seen."""
        s = self.s
        for k, word in enumerate(words):
            s.scratch[k] = word
        s.n_scratch = len(words)
        return int(self.run["intern_for"](self.buffer, part))

    def make_room_for(self, part: int) -> None:
        """Room for all contents that a part has been seen with, and for some more."""
        s = self.s
        if s.arena_used + ARENA_MARGIN > s.arena_room or s.index_used * 2 > s.index_mask:
            self._satisfy(Want.ARENA)
        while s.count[part] > s.room[part]:
            self._widen(part)
        while s.count[part] > 1 << s.bits[part]:
            self._bits(part)

    # ---- keeping

    def layout(self) -> list[int]:
        """The bits of each part in a row."""
        return self.buffer.array("bits")[: self.s.n_parts].tolist()

    def tables_in_use(self) -> dict[str, Words]:
        """What has been seen: the tables from which all others follow, as far as they are filled."""
        s = self.s
        lengths = {"rows": s.n_states * s.row_words, "came": s.n_states, "arena": s.arena_used}
        if s.fates_room:
            nodes = s.n_states * (self.system.cpus + 1)
            lengths |= {"ways": 2 * s.n_ways, "fates": (nodes >> NODES_AT) + 1}
        return {name: self._slices[name][:length] for name, length in lengths.items()}

    def recall(self, values: bytes, read: Callable[[str, memoryview], None]) -> None:
        """Become the search of which these are the values; `read` fills a table. The others are made again. It takes no
        more than that search had, so what was there of one that has not begun goes first.
        """
        s = self.s
        self.buffer.restore_values(values)
        lengths = {"rows": s.states_room * s.row_words, "came": s.states_room, "arena": s.arena_room}
        if s.fates_room:
            lengths |= {"ways": 2 * s.ways_room, "fates": (s.fates_room >> NODES_AT) + 1}
        for name in (*lengths, "places", "index", "slots"):
            self._set(name, NOTHING)
        if s.fates_room:
            self._edges(s.edges_room)
        for name, length in lengths.items():
            self._set(name, self._zeros(length))
            read(name, self._slices[name])
        self._set("places", self._zeros(max(s.place[part] + s.room[part] for part in range(s.n_parts))))
        self.run["enter_places"](self.buffer, -1)
        self._index(s.index_mask + 1)
        self._slots(s.slots_mask + 1)
        s.imaged = -1
        if s.memo_room:
            self._memo_is(len(self._slices["memo"]))

    # ---- room

    def _more_states(self) -> None:
        """Room for four times as many states, beyond a million for twice as many, and for less where memory ends."""
        room = self.s.states_room
        full = len(self._slices["slots"]) // 4 * 3
        twice = full if full > room else 2 * full
        for more in (4 * room if room < FEW_STATES else twice, room * 3 // 2, room * 9 // 8):
            with suppress(OutOfRoom):
                return self._states(more)
        raise OutOfRoom

    def _more(self, name: str, words: int, room: int) -> int:
        """The same for a table with so many words for each of the things that there is room for; the new room."""
        for more in (2 * room, room * 3 // 2, room * 9 // 8):
            with suppress(OutOfRoom):
                self._longer(name, words * more)
                return more
        raise OutOfRoom

    def _states(self, states: int) -> None:
        s = self.s
        length = 1 << ((states * 4 - 1) // 3).bit_length()
        if "slots" not in self._slices:
            self._slots(length)
        elif length > len(self._slices["slots"]):
            try:
                self._spread(length)
            except OutOfRoom:
                if states * 5 > len(self._slices["slots"]) * 4:
                    raise
        self._longer("rows", states * s.row_words)
        self._longer("came", states)
        s.states_room = states

    def _spread(self, length: int) -> None:
        """More slots, with what stands in the present ones."""
        s, shift = self.s, TAG_BITS + 1 - length.bit_length()
        self._longer("slots", length)
        moved = self.run["spread"](self.buffer, length, shift)
        s.slots_mask, s.slots_shift = length - 1, shift
        if not moved:
            self.run["rehash"](self.buffer)

    def _slots(self, length: int) -> None:
        """Empty slots, and all states entered."""
        self._set("slots", self._zeros(length))
        self.s.slots_mask, self.s.slots_shift = length - 1, TAG_BITS + 1 - length.bit_length()
        self.run["rehash"](self.buffer)

    def _widen(self, part: int) -> None:
        """Twice the room for the contents of a part: it moves to the end of `places`."""
        s = self.s
        length, start, room = len(self._slices["places"]), s.place[part], s.room[part]
        self._longer("places", length + 2 * room)
        s.place[part], s.room[part] = length, 2 * room
        places = self._slices["places"]
        places[length : length + room] = places[start : start + room]
        self.run["enter_places"](self.buffer, part)

    def _bits(self, part: int) -> None:
        """More bits for a part."""
        self._lay_out(self._wider(part))

    def _lay_out(self, bits: list[int]) -> None:
        """So many bits for each part: all rows are written anew."""
        s = self.s
        words, places = layout(bits)
        self._longer("rows", words * s.states_room)
        self._pieces(words, places)
        self.run["relayout"](self.buffer)
        s.row_words = words
        in_row, at_word, at_shift, active = map(self.buffer.array, ("bits", "word", "shift", "active"))
        in_row[: len(bits)] = memoryview(bytes(bits))
        for number, (each, (word, shift)) in enumerate(places.items()):
            at_word[each], at_shift[each], active[number] = word, shift, each
        s.n_active = len(places)
        self.run["rehash"](self.buffer)
        if s.n_judges:
            self.run["resight"](self.buffer)
        if s.memo_room:
            self.run["forget"](self.buffer)

    def _wider(self, part: int) -> list[int]:
        """The bits of each part with one or two more for this one. Where writing rows takes long, they have what they
        need, and what is left of the words of a row goes to those that are nearly full.
        """
        s = self.s
        bits = self.layout()
        if s.n_states < MANY_STATES:
            bits[part] += 1 if bits[part] == 2 else 2
            return bits
        counts = self.buffer.array("count")[: s.n_parts].tolist()
        need = [(count - 1).bit_length() for count in counts]
        need[part] = max(need[part], bits[part] + 1)
        words, places = layout(need)
        left = [WORD_BITS] * words
        for each, (word, _) in places.items():
            left[word] -= need[each]
        for each in (part, *sorted(places, key=lambda each: -counts[each] / (1 << need[each]))):
            word, _ = places[each]
            if left[word]:
                need[each], left[word] = need[each] + 1, left[word] - 1
        return need

    def _pieces(self, words: int, places: dict[int, tuple[int, int]]) -> None:
        """Say how rows are written anew: which bits of which word go where."""
        found: dict[tuple[int, int, int], int] = {}
        bits, at_word, at_shift = (self.buffer.array(name).tolist() for name in ("bits", "word", "shift"))
        for part, (word, shift) in places.items():
            if bits[part]:
                how = word, at_word[part], shift - at_shift[part]
                found[how] = found.get(how, 0) | ((1 << bits[part]) - 1) << at_shift[part]
        pieces = ("piece_word", "piece_mask", "piece_right", "piece_left", "first_piece")
        of_word, of_mask, right, left, first = map(self.buffer.array, pieces)
        first[: words + 1] = array("i", [0] * (words + 1))
        for at, ((new, old, moved), mask) in enumerate(sorted(found.items())):
            of_word[at], of_mask[at], right[at], left[at] = old, mask, max(0, -moved), max(0, moved)
            for word in range(new + 1, words + 1):
                first[word] += 1
        self.s.fresh_words = words


def layout(bits: list[int]) -> tuple[int, dict[int, tuple[int, int]]]:
    """Words of a row, and word and shift of each part that has bits. SplxError if a row has no room for them."""
    word = used = 0
    found: dict[int, tuple[int, int]] = {}
    for part, wide in enumerate(bits):
        if wide:
            if used + wide > WORD_BITS:
                word, used = word + 1, 0
            found[part] = word, used
            used += wide
    if word >= ROW_WORDS:
        raise too_much(f"states that take more than {ROW_WORDS} words")
    return word + 1, found
