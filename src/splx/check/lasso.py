"""A run that goes on for ever: a way to a state, and from there a round that comes back to it and is fair.

Which states have such a round says `fair`. Of all rounds through a state one with the fewest moves is told, if that can
be found out by looking at no more than `MOST` combinations of a state, who could have moved, and who has; else one that
goes from each of those who must move to the nearest other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.check.fair import A_MOVE, A_WANTED, ALIVE, DEAD, REACHED, WANTED, Fair, fair_sets, find_edges, hunt, reach
from splx.check.room import Words, zeros
from splx.check.search import Move
from splx.lang.buffer import Buffer
from splx.lang.plain import plain
from splx.lang.sizes import Sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ENTRIES: tuple[Callable[..., Any], ...] = (find_edges, fair_sets, hunt, reach)
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Round:
    """Edges, from a state back to it. `shortest`: there is none with fewer."""

    edges: tuple[int, ...]
    shortest: bool


class Rounds:
    """A graph in which fair rounds are looked for. Edges are sorted by where they start; `mover` -1 is nobody. `moves`
    says which edges are outcomes of one draw, see `Fair.move`.
    """

    def __init__(
        self, states: int, starts: Words, ends: Words, movers: int, engine: str = "native", moves: Words | None = None
    ) -> None:
        self.buffer: Buffer[Fair] = Buffer(Fair, Sizes())
        self.f = self.buffer.view()
        self.f.n, self.f.m, self.f.movers = states, len(starts), max(1, movers)
        self._run = _entries(engine)
        self._slices: dict[str, Words] = {}
        self._set("start", starts)
        self._set("to", ends)
        self._set("move", zeros(len(starts) + 1) if moves is None else moves)
        self._set("gone", zeros(len(starts) + 1))
        for name in ("first", "comp", "number", "low", "at", "pile", "calls", "came", "queue"):
            self._set(name, zeros(states + 1))
        for name in ("could", "did", "needed"):
            self._set(name, zeros(self.f.movers))
        self._run["find_edges"](self.buffer)

    def find(
        self,
        mover: Words,
        bits: Words,
        flag: Words,
        *,
        barred: int = 0,
        must: int = 0,
        asks: bool = False,
        closed: bool = False,
    ) -> list[int]:
        """The states that are in a fair set, in which every edge avoids the bits of `barred`; with `asks`, one that has
        an edge with a bit of `must` or a WANTED state; with `closed`, one that no outcome of a draw in it leaves.
        """
        self.mover, self.bits = mover, bits
        for name, items in (("mover", mover), ("bits", bits), ("flag", flag)):
            self._set(name, items)
        self.f.barred, self.f.must, self.f.asks, self.f.closed = barred, must, int(asks), int(closed)
        if not self._run["fair_sets"](self.buffer):
            return []
        comp = self._slices["comp"]
        return [state for state in range(self.f.n) if comp[state] != DEAD]

    def sets(self, states: Sequence[int], who: Words) -> list[tuple[int, set[int]]]:
        """The fair sets that the states which `find` gave make up, each with the bits of `who` of all edges within."""
        comp, bits, found = self._slices["comp"], dict[int, int](), dict[int, set[int]]()
        for state in states:
            found.setdefault(comp[state], set()).add(state)
            for e in self._inside(state):
                bits[comp[state]] = bits.get(comp[state], 0) | who[e]
        return [(bits[each], found[each]) for each in found]

    def within(self, flag: Words, start: int) -> list[int]:
        """The states that can be reached from `start` through ALIVE ones alone. The others are ALIVE no more."""
        self._set("flag", flag)
        self._run["reach"](self.buffer, start)
        found = [state for state in range(self.f.n) if flag[state] & REACHED]
        for state in range(self.f.n):
            flag[state] = ALIVE if flag[state] & REACHED else 0
        self._from_there = self._slices["came"].tolist()
        return found

    def way(self, state: int, start: int) -> tuple[int, ...]:
        """Edges from `start` to a state that `within` gave, as few as there are that pass through such states alone."""
        found: list[int] = []
        while state != start:
            found.append(self._from_there[state] - 1)
            state = self._slices["start"][found[-1]]
        return tuple(found[::-1])

    def of(self, state: int, most: int = MOST) -> Round:
        """A round from a state that `find` gave."""
        found = self._shortest(state, most)
        return Round(found, True) if found is not None else Round(self._some(state), False)  # noqa: FBT003

    # ---- what a round needs

    def edges(self, state: int) -> range:
        """The edges that start at a state."""
        first = self._slices["first"]
        return range(first[state], first[state + 1])

    def _inside(self, state: int) -> Iterator[int]:
        comp, to, gone = self._slices["comp"], self._slices["to"], self._slices["gone"]
        taken = (e for e in self.edges(state) if not self.bits[e] & self.f.barred and not gone[e])
        return (e for e in taken if comp[to[e]] == comp[state])

    def _drawn(self, e: int) -> frozenset[int]:
        """The outcomes of which an edge is one, if each has to come: each a name that no mover has."""
        move = self._slices["move"]
        if not self.f.closed or move[e] >> 24 != Move.STEP:
            return frozenset()
        same = [each for each in self.edges(self._slices["start"][e]) if move[each] >> 16 == move[e] >> 16]
        return frozenset(-2 - each for each in same) if len(same) > 1 else frozenset()

    def _could(self, state: int) -> frozenset[int]:
        """Who can move in a state."""
        return frozenset(self.mover[e] for e in self.edges(state) if self.mover[e] >= 0)

    def _is_wanted(self, e: int) -> bool:
        return bool(self.bits[e] & self.f.must or self._slices["flag"][self._slices["to"][e]] & WANTED)

    def _shortest(self, start: int, most: int) -> tuple[int, ...] | None:
        """Breadth first over states with who could have moved and has not, who has, and whether what is wanted came."""
        to = self._slices["to"]
        first = (start, self._could(start), frozenset[int](), not self.f.asks)
        came: dict[Any, tuple[Any, int]] = {first: (None, -1)}
        queue = [first]
        for node in queue:
            state, could, did, done = node
            for e in self._inside(state):
                end, mine = to[e], self.mover[e]
                drawn = self._drawn(e)
                now = did | {each for each in (mine, -2 - e) if each >= 0 or each in drawn}
                after = (end, could | self._could(end) | drawn, now, done or self._is_wanted(e))
                if end == start and after[1] <= now and after[3]:
                    return (*_way(came, node), e)
                if after not in came:
                    came[after] = (node, e)
                    queue.append(after)
            if len(came) > most:
                return None
        raise AssertionError("a fair set without a round")

    def _some(self, start: int) -> tuple[int, ...]:
        """From each who must move to the nearest other, to what is asked for, and home."""
        way: list[int] = []
        at, could, did, done = start, set(self._could(start)), set[int](), not self.f.asks
        needed, to = self._slices["needed"], self._slices["to"]
        while not way or at != start or could - did or not done:
            for who in range(self.f.movers):
                needed[who] = int(who in could and who not in did)
            owed = [-2 - each for each in could - did if each < 0]
            if owed and any(self._slices["start"][each] == at for each in owed):
                edges = [next(each for each in owed if self._slices["start"][each] == at)]
            else:
                goal = A_MOVE if any(each >= 0 for each in could - did) else start if done else A_WANTED
                e = self._run["hunt"](self.buffer, at, self._slices["start"][owed[0]] if owed else goal)
                assert e >= 0, "a set that hangs together does not"
                edges = self._back(at, e)
            for each in edges:
                way.append(each)
                could |= self._could(to[each]) | self._drawn(each)
                did |= {self.mover[each], -2 - each}
                done = done or self._is_wanted(each)
            at = to[edges[-1]]
        return tuple(way)

    def _back(self, start: int, e: int) -> list[int]:
        """The way that `hunt` found: edges from `start` to `e` and with it."""
        came, way = self._slices["came"], [e]
        at = self._slices["start"][e]
        while at != start:
            way.append(came[at] - 1)
            at = self._slices["start"][way[-1]]
        return way[::-1]

    def _set(self, name: str, items: Words) -> None:
        self._slices[name] = items
        self.buffer.set_slice(name, items)


def _way(came: dict[Any, tuple[Any, int]], node: Any) -> tuple[int, ...]:  # noqa: ANN401
    """The edges to a node."""
    found: list[int] = []
    while came[node][1] >= 0:
        node, e = came[node]
        found.append(e)
    return tuple(found[::-1])


def _entries(engine: str) -> dict[str, Callable[..., Any]]:
    if engine == "plain":
        return {each.__name__: plain(each, Sizes()) for each in ENTRIES}
    from splx.lang.native import compiled  # noqa: PLC0415 - plain runs need no compiler

    library = compiled(tuple(ENTRIES), Sizes())
    return {each.__name__: library[each.__name__] for each in ENTRIES}
