"""Ways to a state: the one by which it was found, and the cheapest."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from splx.check.explore import MARGIN
from splx.check.limits import PIECE
from splx.check.loading import NO_END
from splx.check.nodes import A_STATE, FROM_AT, MOVE_BITS
from splx.check.room import Interrupted, OutOfRoom, zeros
from splx.check.search import MOVE, TURN_AT, How, Move, Outcome, Want
from splx.check.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from splx.check.room import Words
    from splx.check.search import Search


class Ways(Tables):
    """A search as far as ways in it go."""

    n_groups: int

    def __init__(self, most: int) -> None:
        super().__init__(most)
        #: asked now and then in all that takes long; Interrupted if it says so
        self.stopped: Callable[[], bool] = lambda: False
        #: a way that is the cheapest already, of a search by cost
        self.known: tuple[int, list[int]] | None = None
        #: what was found may not be the cheapest: the search had to end before it had seen all that costs one less
        self.hasty = False
        self.fell_back = False  # a way was told of which nobody knows whether it is the cheapest
        #: a rule is broken before anybody comes to a first stop: there is nothing to search
        self.broken_at_once = False

    def _vouch(self) -> None:
        raise NotImplementedError

    def _look_up(self) -> None:
        if self.stopped():
            raise Interrupted

    @property
    def came(self) -> Words:
        """For each state its parent << 32 | the move."""
        return self._slices["came"]

    @property
    def goal_state(self) -> int:
        """Where the cheapest way led."""
        return self._slices["ways"][2 * self.s.goal_way] & A_STATE

    def cheapest(
        self,
        goal: int,
        most_cost: int = 1 << 30,
        *,
        group: int = -1,
        how: How = How.ANY,
        judge: int = -1,
        race: bool = False,
    ) -> tuple[int, list[int]] | None:
        """Cost and moves of the cheapest way to a state in which the groups of `goal`, as bits, are stuck, and `group`
        in that way, or, for 0, to a move that breaks a rule, or to a state in which property `judge` is what it is not
        to be, or, for `race`, two CPUs are about to access one word. None if there is none within `most_cost`.
        """
        s = self.s
        s.goal_judge, s.goal_race, s.goal_first = judge, int(race), 0
        s.goal_group, s.goal_how = (self.n_groups if how is How.STILL else group), how
        self._set_out(goal, most_cost)
        return self._way() if self.go_on() is Want.FINDING else None

    def by_cost(
        self, most_cost: int, look: Callable[[], bool], full: Callable[[], None], *, still: bool, visits: int = PIECE,
        begun: bool = False, last: Callable[[], bool | None] | None = None,
    ) -> Want:  # fmt: skip
        """Search from the start by cost, for whatever shows in a move or in a state, standstills if `still`: FINDING,
        COST when all within `most_cost` was seen, NOTHING when all was. `look` is asked every so many `visits` of nodes
        whether to end (PAUSE); FULL as `explore`. Where memory ends before the last cost, that of the moment becomes
        the last, `most_cost` of the search; `full` is told before. `begun`: it goes on from what has been recalled.
        `last` is asked where the last cost begins: False to end there (PAUSE), and anything else to go on.
        """
        s = self.s
        s.goal_judge, s.goal_race, s.goal_how = -1, 0, How.ANY
        s.goal_first, s.goal_still = self.n_groups, int(still)
        if self.broken_at_once:
            return Want.FINDING
        try:
            if not begun:
                self._set_out(0, most_cost)
            s.visits, s.halts = visits, int(last is not None)
            want = self.go_on(look, full)
            if want is Want.LAST and last is not None:
                s.halts = 0
                want = Want.PAUSE if last() is False else self.go_on(look, full)
        except OutOfRoom:
            return Want.FULL
        if want is Want.FINDING:
            self.known = self._way()
        return want

    def is_all(self) -> bool:
        """Whether a search by cost, none of whose states have been forgotten, has come to every state there is, though
        not from every CPU that can have moved before; False also if that is not to be looked at to its end.
        """
        s, edges = self.s, self.s.edges
        s.next = s.n_states
        want = Want.PAUSE
        with suppress(OutOfRoom):
            while (want := Want(self.run["look_back"](self.buffer))) not in (Want.NOTHING, Want.COST, Want.FINDING):
                if want is not Want.PAUSE:
                    self._satisfy(want)
                elif self.stopped():
                    break
        s.edges = edges
        return want is Want.NOTHING

    def count_again(self) -> Want:
        """Once a search by cost has seen every state: count moves and states without any, as `explore` does. PAUSE if
        that is not to go on.
        """
        s, longest = self.s, self.s.level
        for name in ("fates", "ways"):
            self._set(name, zeros(1))
        s.fates_room = s.ways_room = 0
        s.next = s.edges = s.dead = 0
        s.first_dead, s.pause, s.goal_first = -1, PIECE, 0
        while (want := self.explore()) is Want.PAUSE and not self.stopped():
            s.pause = s.next + PIECE
        s.pause = NO_END
        s.level = longest
        return want

    def explore(self) -> Want:
        """See Checker."""
        raise NotImplementedError

    def _set_out(self, goal: int, most_cost: int) -> None:
        s = self.s
        s.most_cost, s.visits = most_cost, PIECE
        if s.edges_room == 0:
            self._edges(1 << 14)
        for name in ("fates", "ways"):
            self._slices.pop(name, None)
        s.ways_room = s.n_ways = 0
        if s.whole and goal:
            self._longer("first_out", s.n_states + 1)
            self.run["sort_out"](self.buffer)
        else:
            s.whole = 0
        self._nodes()
        self.run["start_cheapest"](self.buffer, goal)

    def go_on(self, look: Callable[[], bool] | None = None, full: Callable[[], None] | None = None) -> Want:
        """Go on with a search by cost that has set out; see `by_cost`."""
        s = self.s
        while True:
            want = Want(self.run["cheapest"](self.buffer))
            if want is Want.PAUSE and look is not None:
                if look():
                    return Want.FINDING if self._is_late() else want
            elif want is Want.PAUSE:
                if self.stopped() and self._is_late():
                    return Want.FINDING
                self._look_up()
            elif want in (Want.NOTHING, Want.FINDING, Want.COST, Want.LAST):
                self._vouch()
                self.hasty = bool(s.alone) and s.cost > s.most_cost
                return want
            else:
                try:
                    self._make_room(want, full)
                except OutOfRoom:
                    if not self._is_late():
                        raise
                    return Want.FINDING

    def _is_late(self) -> bool:
        """Whether a search that is to end has found something already, and was still looking for what costs less."""
        self.hasty = not self.s.raised and bool(self.run["is_late"](self.buffer))
        return self.hasty

    def _make_room(self, want: Want, full: Callable[[], None] | None) -> None:
        """What a search by cost wants; where memory ends within its last cost, by forgetting. Elsewhere OutOfRoom, or,
        once `full` has been told, what it has come to is the last.
        """
        s = self.s
        try:
            if want is Want.NODES:
                self._nodes()
            else:
                self._satisfy(want)
        except OutOfRoom:
            noted = s.noted_judge >= 0 and s.noted_state >= s.kept  # where it was seen would be forgotten
            if s.alone or noted or s.late_way >= 0 or (s.cost < s.most_cost and full is None):
                raise
            if s.cost < s.most_cost and full is not None:
                full()
                s.most_cost, s.past, s.n_later = s.cost, int(s.n_later > 0), 0
            s.states_room = max(s.kept + s.kept // 4 + MARGIN, s.states_room * 3 // 4)  # wider rows fit, too
            self.run["one_by_one"](self.buffer)

    def cheapest_or(self, moves: list[int], goal: int, **how: Any) -> tuple[int, list[int]]:  # noqa: ANN401
        """As `cheapest`, or `moves`, with what they cost, if it is not found, has no room, or is not to go on; or if on
        the way somebody was seen to use a word that was thought to be another's: what was found so is not true.
        """
        if self.known is not None:
            return self.known
        found = None
        with suppress(OutOfRoom, Interrupted):
            found = self.cheapest(goal, **how)
        if found is None or self.s.raised:
            self.fell_back = True
            return self.cost_of(moves), moves
        return found

    def _way(self) -> tuple[int, list[int]]:
        """The moves to the node that was found."""
        s, at = self.s, self.s.goal_way
        in_state = s.goal_first and (s.fail_state < 0 or s.fail_judge >= 0 or s.fail_race)
        way = [] if in_state or s.goal or s.goal_judge >= 0 or s.goal_race else [(s.fail_move, 0)]
        while at:
            came = self._slices["ways"][2 * at + 1]
            how, at = came & ((1 << MOVE_BITS) - 1), came >> FROM_AT
            way.append((how & MOVE, how >> TURN_AT))
        return s.cost, self.unfused(self.alike.as_led(way))

    def unfused(self, moves: list[int], start: int = 0) -> list[int]:
        """The same way from state `start` in moves of a search that fuses nothing: what is told and performed."""
        if not self.s.fuse:
            return moves
        found: list[int] = []
        self.run["show"](self.buffer, start)
        for move in moves:
            became = self.run["follow"](self.buffer, move >> 24, move >> 16 & 0xFF, move & 0xFFFF)
            found += _segments(move, self.s, ends=became == Outcome.FINDING)
        return found

    def moves_to(self, state: int, then: int = -1) -> list[int]:
        """The moves from the first state to `state`, by which it was found, and then one more."""
        way = [(then, 0)] if then >= 0 else []
        while state > 0:
            how = self.came[state] & 0xFFFFFFFF
            way.append((how & MOVE, how >> TURN_AT))
            state = self.came[state] >> 32
        return self.unfused(self.alike.as_led(way))

    def came_to(self, state: int, then: int) -> list[tuple[int, int]]:
        """The way to `state` by which it was found, and then a move: the states from the first on, each with the move
        that is made there. Of a search in which no CPUs are alike.
        """
        way = [(state, then)]
        while state > 0:
            came = self.came[state]
            state = came >> 32
            way.append((state, came & MOVE))
        return way[::-1]

    def cost_of(self, moves: list[int]) -> int:
        """CPU switches and arrivals, as the cheapest way counts them."""
        cost, last = 0, -1
        for move in moves:
            who = move >> 16 & 255
            if move >> 24 == Move.ARRIVE:
                cost += 1
            else:
                cost += last not in (-1, who)
                last = who
        return cost


def _segments(move: int, s: Search, *, ends: bool) -> Iterator[int]:
    """The moves that a fused one consists of, once `follow` has made it. `ends`: nothing moves any more behind it, so
    what it has stored unseen stays so.
    """
    head, digits, made = move & ~0xFFFF, move & 0xFFFF, 0
    for k in range(s.n_cuts):
        cut = s.cut[k]
        until = cut & 0xFF
        yield head | digits & ((1 << 4 * (until - made)) - 1)
        digits, made = digits >> 4 * (until - made), until
        head = Move.STEP << 24 | s.cut_cpu << 16
        yield from [Move.VISIBLE << 24 | s.cut_cpu << 16] * (cut >> 8)
    if s.since_cut or not s.n_cuts:
        yield head | digits
        yield from [Move.VISIBLE << 24 | s.cut_cpu << 16] * (0 if ends else s.unseen)
