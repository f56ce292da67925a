"""A search in which CPUs are alike: tells it what contents become, and finds its ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.check.room import zeros
from splx.check.search import GROUPS
from splx.check.turns import unlike

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from splx.check.groups import Group
    from splx.check.tables import Tables
    from splx.check.turns import Turn


class Alike:
    """The turns of a search by number, and what is known of them. Without any, a search as it was."""

    def __init__(self, search: Tables, turns: Sequence[Turn] = ()) -> None:
        self.search = search
        self.turns = tuple(turns)  # number 1 and on: 0 leaves all as it is
        self._by_cpus = {turn.cpus: turn for turn in turns}
        self._known: list[list[list[int]]] = []  # by turn, part and number: the number of what it becomes
        s = search.s
        s.n_turns = len(turns)
        if not turns:
            return
        self._known = [[[] for _ in range(s.n_parts)] for _ in turns]
        parts = [range(s.n_parts), *([turn.part(part) for part in range(s.n_parts)] for turn in turns)]
        self._set("to_part", parts)
        self._set("from_part", [_undone(each) for each in parts])

    def _set(self, name: str, rows: Sequence[Iterable[int]]) -> None:
        items = [each for row in rows for each in row]
        table = zeros(len(items))
        for k, each in enumerate(items):
            table[k] = each
        self.search.set_table(name, table)

    def tell_groups(self, groups: Sequence[Group]) -> None:
        """Say which group each group becomes."""
        if not self.search.s.n_turns:
            return
        rows = [list(range(GROUPS))]
        for turn in self.turns:
            row = list(range(GROUPS))
            for number, group in enumerate(groups):
                contexts = {turn.contexts[each] for each in group.contexts}
                device = turn.devices[group.device] if group.device >= 0 else -1
                row[number] = next(
                    n for n, each in enumerate(groups) if (set(each.contexts), each.device) == (contexts, device)
                )
            rows.append(row)
        self._set("to_group", rows)
        self._set("from_group", [_undone(each) for each in rows])

    def group_after(self, edge: int, group: int) -> int:
        """What a group is called where one of the edges leads."""
        if not self.search.s.n_turns:
            return group
        return self.search.slice("to_group")[self.search.slice("edge_turn")[edge] * GROUPS + group]

    # ---- contents

    def learn(self) -> None:
        """Tell the search what all contents become that it has come to. OutOfRoom if there is no room for that."""
        s = self.search.s
        while s.imaged != s.index_used:
            for part in range(s.n_parts):
                while len(self._known[-1][part]) < s.count[part]:
                    self.search.make_room_for(part)
                    self._learn(part, len(self._known[-1][part]))
                self.search.make_room_for(part)
            s.imaged = sum(len(each) for each in self._known[-1])
        self._write()

    def _learn(self, part: int, number: int) -> None:
        """What one becomes: that may be contents that nobody has seen."""
        words = self.search.words_of(part, number)
        for turn, known in zip(self.turns, self._known, strict=True):
            known[part].append(self.search.number_of(turn.part(part), turn.contents(part, words)))

    def _write(self) -> None:
        s = self.search.s
        room = len(self.search.slice("places"))
        table = zeros(room * (1 + len(self.turns)))
        for turn, known in enumerate(self._known, 1):
            for part, numbers in enumerate(known):
                first = turn * room + s.place[part]
                for number, to in enumerate(numbers):
                    table[first + number] = to
        self.search.set_table("image", table)
        s.images_room = room

    def vouch(self) -> None:
        """SplxError unless the first state, whose parts have their first contents, stays when CPUs are turned."""
        self.learn()
        for turn, known in zip(self.turns, self._known, strict=True):
            for part, numbers in enumerate(known):
                if numbers[0]:
                    raise unlike(f"{turn.part_name(part)} is not at first what it is when they are called {turn.cpus}")

    def all_of(self, state: tuple[tuple[int, ...], ...]) -> Iterator[tuple[tuple[int, ...], ...]]:
        """All states for which one stands, each as the contents of its parts."""
        yield state
        for turn in self.turns:
            parts = {turn.part(part): tuple(turn.contents(part, words)) for part, words in enumerate(state)}
            yield tuple(parts[part] for part in range(len(state)))

    # ---- ways

    def as_led(self, moves: Iterable[tuple[int, int]]) -> list[int]:
        """The moves of a way to a state from the first one, which stays when CPUs are turned. Given backwards, each
        with the turn that came after it, as the states on the way call CPUs; found as the last one calls them.
        """
        found: list[int] = []
        turn: Turn | None = None
        for move, after in moves:
            if after:
                first = self.turns[after - 1]
                cpus = tuple(turn.cpus[cpu] for cpu in first.cpus) if turn else first.cpus
                turn = self._by_cpus.get(cpus)
            found.append(turn.move(move) if turn else move)
        return found[::-1]


def _undone(row: Iterable[int]) -> list[int]:
    items = list(row)
    found = [0] * len(items)
    for k, each in enumerate(items):
        found[each] = k
    return found
