"""The host of a search: runs it, and turns what it found into words."""

from __future__ import annotations

from array import array
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from splx.check.alike import Alike
from splx.check.beyond import refusal
from splx.check.cheapest import cheapest, is_late, keep_only, one_by_one, start_cheapest
from splx.check.closing import next_closed
from splx.check.codes import ENDLESS
from splx.check.explore import MARGIN, begin, explore, first_state
from splx.check.follow import follow
from splx.check.graph import (
    adopt,
    awake,
    can_move,
    can_wake,
    connect,
    look_back,
    look_round,
    next_still,
    next_stuck,
    show,
    sort_out,
    there,
)
from splx.check.groups import Eyes
from splx.check.hands import Hands
from splx.check.intern import enter_places, intern_for, reindex
from splx.check.inversion import inverted
from splx.check.judge import resight, truth_in
from splx.check.limits import PIECE
from splx.check.loading import NO_END, Bounds, begin_search
from splx.check.memo import forget
from splx.check.movers import movers
from splx.check.room import OutOfRoom, Words, zeros
from splx.check.rows import rehash, relayout, spread
from splx.check.search import LINE_WORDS, Beyond, How, Outcome, Want
from splx.check.standing import (
    count_held,
    flags,
    frozen,
    get_round,
    hopeless,
    leads_there,
    lines,
    nobody,
    survey,
    unheard,
    untrue,
    worth,
)
from splx.check.storms import storms
from splx.check.tables import FEW_PLACES, MEMO_LEAST
from splx.check.turned import can_move_turned
from splx.check.turns import turns_of, unlike
from splx.check.ways import Ways
from splx.lang.plain import plain
from splx.machine.constants import Finding
from splx.scenario.names import SystemNames

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Iterable, Iterator

    from splx.check.growing import Growing
    from splx.check.search import Search
    from splx.lang.buffer import Buffer
    from splx.machine.state import Machine
    from splx.scenario.system import System

ENTRIES: tuple[Callable[..., Any], ...] = (
    begin, first_state, explore, rehash, relayout, reindex, connect, can_move, can_wake, next_stuck, next_still, show,
    look_round, look_back, sort_out, awake, there, adopt, movers, survey, flags, unheard, untrue, worth, nobody,
    count_held, frozen, leads_there, get_round, hopeless, inverted, lines, storms, next_closed,
    start_cheapest, cheapest, one_by_one, keep_only, is_late,
    forget, spread, resight, truth_in, follow, enter_places, intern_for, can_move_turned,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """How many states, moves between them, states without a move, and levels. And what had ever new values, if a search
    that is under way was asked that.
    """

    states: int
    edges: int
    dead: int
    depth: int
    growing: tuple[Growing, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Begun:
    """A search to which nothing has been told yet, and who looks at its states."""

    buffer: Buffer[Search]
    eyes: Eyes

    @classmethod
    def of(cls, system: System, bounds: Bounds, counters: array[int] | None = None) -> Begun:
        """A search over a system that is complete. `counters`: see `splx.machine.cover`."""
        buffer = begin_search(system, bounds, counters)
        return cls(buffer, Eyes(system, SystemNames(system), buffer.array("klass").tolist()))


class Checker(Ways):
    """A search over a system. `hands` is what another one has seen of who uses which word."""

    def __init__(
        self, system: System, bounds: Bounds | None = None, engine: str = "native", most: int = NO_END,
        counters: array[int] | None = None, hands: Hands | None = None, begun: Begun | None = None,
    ) -> None:  # fmt: skip
        """`most` bytes that tables may take: beyond, a search ends with FULL, and everything else with OutOfRoom.

        `begun` is that of another search of the same system, bounds and counters; to make it takes longer than many a
        search.
        """
        super().__init__(most)
        self.system = system = system.complete()
        self.begun = Begun.of(system, bounds or Bounds(), counters) if begun is None else begun
        self.buffer: Buffer[Search] = self.begun.buffer.copy()
        self.s = self.buffer.view()
        self.engine, self.run = engine, _entries(engine, self.buffer.sizes)
        self.alike = Alike(self, turns_of(system, bounds or Bounds()))
        self.n_groups = 0
        self.eyes, self.klass = self.begun.eyes, self.begun.eyes.klass
        if hands is not None:
            hands.tell(self.buffer)
        self._start(bounds or Bounds(), hands)

    def _start(self, bounds: Bounds, hands: Hands | None) -> None:
        s = self.s
        s.first_dead = s.fail_state = s.fail_judge = s.goal_judge = -1
        s.pause = 1 << 60
        self._arena(1 << 20)
        self._index(1 << 16)
        self._set("places", zeros(FEW_PLACES * s.n_parts))
        for name, each in (("place", range(0, FEW_PLACES * s.n_parts, FEW_PLACES)), ("room", [FEW_PLACES] * s.n_parts)):
            self.buffer.array(name)[: s.n_parts] = memoryview(array("i", each))
        s.row_words = 1
        self._states(1 << 14)
        if hands is not None:
            self._lay_out(list(hands.bits))
        if bounds.memo:
            self._memo(MEMO_LEAST)
        if self.run["begin"](self.buffer) == Outcome.FINDING:
            self.broken_at_once, self.known = True, (0, [])
        self.run["first_state"](self.buffer)
        if s.n_turns:
            self.alike.vouch()

    # ---- running

    def explore(self) -> Want:
        """Search until every state has been expanded, or a finding, or the pause, or there is no more room."""
        if self.broken_at_once:
            return Want.FINDING
        while True:
            want = Want(self.run["explore"](self.buffer))
            self._vouch()
            if want in (Want.NOTHING, Want.FINDING, Want.PAUSE):
                return want
            try:
                self._satisfy(want)
            except OutOfRoom:
                return Want.FULL

    def _vouch(self) -> None:
        """SplxError if the search came to more than it keeps apart: then it has not seen all, and is no answer."""
        assert not self.s.strange, "a move depended on something that it had not looked at"
        beyond = Beyond(self.s.beyond)
        if beyond is Beyond.TURNED:
            raise unlike("what can happen in some state is not what can when they are called otherwise")
        if beyond is not Beyond.NOTHING:
            raise refusal(beyond, self.system.image)

    def guess_again(self) -> None:
        """Go on with what is known by now of who uses which word, though some moves were made for less."""
        if self.s.raised:
            self.s.raised = 0
            if self.s.memo_room:
                self.run["forget"](self.buffer)

    @property
    def hands(self) -> Hands:
        """What the search has seen of who uses which word, for one that begins anew."""
        return Hands.of(self.buffer)

    @property
    def counts(self) -> Counts:
        """What has been seen so far."""
        s = self.s
        return Counts(s.n_states + s.forgotten, s.edges, s.dead, s.level)

    def connect(self) -> None:
        """Make the graph of all states."""
        s = self.s
        s.next = s.n_edges = s.whole = 0
        for name in ("first_in", "mark", "queue"):
            self._set(name, self._zeros(s.n_states + 1))
        self._edges(max(1 << 14, s.edges + 8192))
        before = s.edges
        s.pause = PIECE
        while (want := Want(self.run["connect"](self.buffer))) is not Want.NOTHING:
            if want is Want.EDGES:
                self._edges(2 * s.edges_room)
            elif want is Want.PAUSE:
                self._look_up()
                s.pause = s.next + PIECE
            else:
                self._satisfy(want)
        s.edges = before
        self._vouch()

    def mark_movers(self, groups: int) -> None:
        """Mark in every state which of so many groups can still come to make progress; the graph is there."""
        if not self.s.n_turns:
            for group in range(groups):
                self.run["can_move"](self.buffer, group)
            return
        self._set("queue", self._zeros(self.s.n_states * groups + 1))
        self.run["can_move_turned"](self.buffer, groups)

    def mark_wakes(self, threads: Iterable[int]) -> None:
        """Note of which of these groups, where they sleep and cannot come to make progress, somebody can wake them."""
        for group in threads:
            if self.run["next_stuck"](self.buffer, group, 0, How.ASLEEP) >= 0:
                self.table("wakes", self.s.n_states + 1)
                self.run["can_wake"](self.buffer, group)

    def edges(self, name: str) -> Words:
        """Something of all edges of the graph: `edge_from`, `edge_to`, ..."""
        return self._slices[name][: self.s.n_edges]

    def table(self, name: str, length: int = -1) -> Words:
        """A table by name; with a length, made for so many unless it is there."""
        if length >= 0 and len(self._slices.get(name, ())) < max(1, length):
            self._set(name, self._zeros(length))
        return self._slices[name]

    @contextmanager
    def edges_kept(self) -> Iterator[None]:
        """What is done meanwhile may look round, which uses the first edges of the graph: they are put back."""
        names, count, whole = [each for each in self._slices if each.startswith("edge_")], self.s.n_edges, self.s.whole
        kept = [self._slices[each][: 2 * MARGIN].tolist() for each in names]
        yield
        for name, items in zip(names, kept, strict=True):
            self._slices[name][: len(items)] = memoryview(array("q", items))
        self.s.n_edges, self.s.whole = count, whole

    def contents(self, state: int) -> tuple[tuple[int, ...], ...]:
        """The words of every part of a state: equal in two searches over a system if the states are."""
        s, found = self.s, []
        base, rows, arena, places = state * s.row_words, *(self._slices[name] for name in ("rows", "arena", "places"))
        for part in range(s.n_parts):
            number = rows[base + s.word[part]] >> s.shift[part] & ((1 << s.bits[part]) - 1) if s.bits[part] else 0
            record = places[s.place[part] + number]
            length = LINE_WORDS if part >= s.first_line else arena[record + 2]  # not in whose hands a lock is
            found.append(tuple(arena[record + 3 : record + 3 + length]))
        return tuple(found)

    def look_round(self, state: int) -> tuple[Want, list[tuple[int, int]]]:
        """The moves from a state and where they lead. FINDING: one breaks a rule, see `fail_move`."""
        s = self.s
        if s.edges_room == 0:
            self._edges(1 << 14)
        while True:
            if s.n_states + MARGIN > s.states_room:
                self._satisfy(Want.ROOM)
            want = Want(self.run["look_round"](self.buffer, state))
            self._vouch()
            if want in (Want.NOTHING, Want.FINDING):
                edges = zip(self._slices["edge_move"][: s.n_edges], self._slices["edge_to"][: s.n_edges], strict=True)
                return want, list(edges)
            self._satisfy(want)

    @property
    def bytes_per_state(self) -> float:
        """Memory for rows, parents, slots and contents, by state, as much of it as is in use."""
        s = self.s
        used = s.n_states * (8 * s.row_words + 8) + 8 * (s.slots_mask + 1) * s.n_states / s.states_room
        return (used + 8 * s.arena_used + 8 * s.index_used) / max(1, s.n_states)

    def show(self, state: int) -> None:
        """Make a state the machine at hand."""
        self.run["show"](self.buffer, state)

    def registers(self, context: int) -> list[int]:
        """Those of a context of the machine at hand."""
        regs = self.buffer.sizes["REGS"]
        found: list[int] = self.buffer.array("machine.state.regs")[context * regs : (context + 1) * regs].tolist()
        return found

    def mark(self, state: int) -> int:
        """The groups that can still come to move from a state, as bits."""
        marks = self._slices.get("mark")
        return 0 if marks is None else marks[state]

    def wakes(self, state: int) -> int:
        """The groups that sleep in a state and that somebody can wake, though they cannot come to move, as bits."""
        wakes = self._slices.get("wakes")
        return 0 if wakes is None else wakes[state]

    def row(self, state: int) -> tuple[int, ...]:
        """The packed numbers of a state's contents."""
        words = self.s.row_words
        return tuple(self._slices["rows"][state * words : (state + 1) * words])

    def adopt(self, machine: Buffer[Machine]) -> int:
        """The state that another machine of the same system and sizes is in, -1 if it is none that is known."""
        for part in ("machine.state", "machine.beside"):
            self.buffer.field_bytes(part)[:] = machine.field_bytes(part.partition(".")[2])
        return int(self.run["adopt"](self.buffer))

    def broken_rule(self) -> str:
        """What the move that failed broke."""
        s = self.s
        finding = Finding(s.fail_finding)
        if finding in (Finding.ASSERT, Finding.PANIC):
            return self.system.image.messages[s.fail_a].said
        if finding is Finding.NONE:
            return ENDLESS
        if finding is Finding.IN_FLIGHT:
            name = self.system.devices[s.fail_a].name
            return f"an item of {name} is done that was not taken, or is done already"
        return finding.name.lower().replace("_", " ")


def _entries(engine: str, sizes: Any) -> dict[str, Callable[..., Any]]:  # noqa: ANN401 - lengths
    if engine == "plain":
        return {each.__name__: plain(each, sizes) for each in ENTRIES}
    from splx.lang.native import compiled  # noqa: PLC0415 - plain runs need no compiler

    library = compiled(tuple(ENTRIES), sizes)
    return {each.__name__: library[each.__name__] for each in ENTRIES}
