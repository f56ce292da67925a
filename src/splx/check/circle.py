"""Locks that are taken in a circle: what `orders` has noted of a search, judged and told.

It needs no run in which they meet: each order was seen, in some run. A circle counts if its orders can be at the same
time, see `splx.story.circles`; it is the same that lockdep looks for, over all runs and not one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from splx.check import properties
from splx.check.finding import Finding
from splx.check.in_one_run import way_of_all
from splx.check.orders import CODE, PC_SHIFT, READS, SOMEBODY
from splx.check.search import LOCKS
from splx.check.takings import takings
from splx.check.waits import Graph, Wait
from splx.kernel.interface.locks import MUTEX_TOKEN
from splx.kernel.interface.rw import RWLock
from splx.stage.holders import EVERY_CPU, lets_go, names_of, readers_of
from splx.story.circles import circles, from_interrupt, held_up, told

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from splx.base.diagnostics import Span
    from splx.check.checker import Checker
    from splx.check.groups import Group
    from splx.check.loading import Bounds
    from splx.check.properties import Property
    from splx.check.takings import Taking


@dataclass(frozen=True, slots=True)
class Taken:
    """`asker` took `after` on a CPU while `holder` held `before`: seen first in a move of a state."""

    before: str
    after: str
    holder: str
    asker: str
    held: frozenset[str]
    cpus: frozenset[int]
    occupies: bool
    seen: tuple[int, int]
    words: tuple[int, int]  # that say who holds the two
    code: int = 0  # as the search noted it, but for where those beneath were
    shared: frozenset[str] = frozenset()
    reads: bool = False


def look_for_orders(checker: Checker, wanted: Collection[Property]) -> None:
    """Tell a search whose order is to be noted, if that is asked for."""
    s, holders = checker.s, checker.eyes.holders
    locks = holders.told
    if properties.ORDER not in wanted or s.n_turns or len(locks) < 2:
        return
    if len(locks) > LOCKS:
        s.orders_lost = 1
        return
    s.status_offset, s.locks_offset = checker.eyes.status_offset, checker.eyes.offset("l_locks")
    s.n_ordered = len(locks)
    for number, each in enumerate(locks):
        s.ordered[each.says] = number + 1
        s.ordered_at[number], s.ordered_of[number] = each.says, each.of
        s.of_thread[number] = each.says in holders.of_threads
        if issubclass(each.cls, RWLock):
            s.many[number], s.many_at[number] = readers_of(checker.system, each)
            s.ordered[s.many_at[number]] = number + 1


def circle_of(checker: Checker, groups: tuple[Group, ...], bounds: Bounds) -> tuple[Taken, ...]:
    """The first circle that can close; () if there is none."""
    if not checker.s.n_orders:
        return ()
    noted = _Noted(checker, groups, bounds)
    found = circles(sorted(noted.orders(), key=lambda each: each.seen), noted.writers())
    return from_interrupt(found[0]) if found else ()


def tell_circle(
    checker: Checker, groups: tuple[Group, ...], bounds: Bounds, circle: Sequence[Taken], *, never: bool
) -> Finding:
    """The finding; its story has each of the orders, if there is such a run. `never`: in no run do they meet."""
    meet = ", and in no run that was seen they do" if never else ""
    waits, places = [], []
    for n, each in enumerate(circle):
        took, held = _places(checker, groups, bounds, each)
        whom = circle[(n + 1) % len(circle)].holder
        waits.append(_wait(each, took, held, whom))
        places += [took, held]
    place = next((span for span in places if span is not None), None)
    graph = Graph(tuple(waits), tuple(each.holder for each in circle))
    why = f"{told(circle)}: a circle if they meet{meet}"
    cost, moves, elsewhere = way_of_all(checker, circle)  # at last: to look on may make steps smaller
    names = checker.eyes.names
    words = tuple(dict.fromkeys(names.place(word, EVERY_CPU) for each in circle for word in each.words))
    left = tuple(str(waits[circle.index(each)]).partition(", held")[0] for each in elsewhere)
    about = tuple(held_up(circle, _Noted(checker, groups, bounds).writers()))
    return Finding(
        properties.ORDER.code, why, tuple(moves), cost, place=place, graph=graph, words=words, about=about,
        elsewhere=left,
    )  # fmt: skip


def _places(
    checker: Checker, groups: tuple[Group, ...], bounds: Bounds, order: Taken
) -> tuple[Span | None, Span | None]:
    """Where in the user's text the two locks were taken: the second, and the first."""
    found = _taking(checker, groups, bounds, order.seen, order.words)
    held = found.held.get(order.words[0]) if found else None
    return (found.place if found else None), (held.place if held else None)


def _wait(order: Taken, took: Span | None, held: Span | None, whom: str) -> Wait:
    since = "" if held is None else f" since {PurePath(held.file).name}:{held.line}"
    beneath = f" beneath, by {order.holder}," if order.holder != order.asker else ""
    to_read, reading = " to read" if order.reads else "", " to read" if order.before in order.shared else ""
    on = f"{order.after}{to_read} with {order.before} held{reading}{beneath}{since}"
    return Wait(order.asker, "takes", on.rstrip(","), whom, "held at worst by", took)


def _taking(
    checker: Checker, groups: tuple[Group, ...], bounds: Bounds, seen: tuple[int, int], words: tuple[int, int]
) -> Taking | None:
    """The taking of the second lock with the first one held, in the last move of the way to it."""
    moves, own = checker.moves_to(*seen), [each.says for each in checker.eyes.holders.told]
    made = takings(checker.system, bounds, groups, moves, own)
    return next((each for each in reversed(made) if each.word == words[1] and words[0] in each.held), None)


class _Noted:
    """What a search has noted."""

    def __init__(self, checker: Checker, groups: tuple[Group, ...], bounds: Bounds) -> None:
        self.checker, self.groups, self.bounds = checker, groups, bounds
        holders = checker.eyes.holders
        self.locks = holders.told
        self.names = names_of(checker.eyes.names, self.locks)
        self.sleeps = [holders.sleeps(each) for each in self.locks]
        self.lets_go = [lets_go(each.cls) or holders.kind(each) == MUTEX_TOKEN for each in self.locks]

    def orders(self) -> Iterator[Taken]:
        """Those that may be part of a circle."""
        array = self.checker.buffer.array
        names = ("who", "held", "shared", "state", "move")
        columns = zip(*(array(f"order_{name}").tolist() for name in names), strict=True)
        rows = [row for row in columns if row[0] and row[3] >= 0 and not self._lets_go(row[0])]
        round_ = _in_circles({(row[0] >> 6 & 63, row[0] & 63) for row in rows})
        for who, held, shared, *seen in rows:
            if (who >> 6 & 63, who & 63) in round_:
                taken = self._taken(who, held, shared, (seen[0], seen[1]))
                if (taken.holder == taken.asker or not self.sleeps[who & 63]) and self._is_so(taken):
                    yield taken

    def writers(self) -> dict[str, set[str]]:
        """Who has had which lock to write, of those that many may read under."""
        groups = self.checker.buffer.array("order_writers").tolist()
        return {
            name: {each.name for number, each in enumerate(self.groups) if groups[k] >> number & 1}
            for k, name in enumerate(self.names)
        }

    def _is_so(self, order: Taken) -> bool:
        """Whether who is said to have a lock to read has it, in the run in which the order was seen."""
        if order.before not in order.shared:
            return True
        found = _taking(self.checker, self.groups, self.bounds, order.seen, order.words)
        return found is not None and (order.words[0], order.holder) in found.reading

    def _lets_go(self, who: int) -> bool:
        """Whether the first lock is given up if the second has to be waited for."""
        return self.lets_go[who >> 6 & 63] and self.sleeps[who & 63]

    def _taken(self, who: int, held: int, shared: int, seen: tuple[int, int]) -> Taken:
        after, before, asker, cpu, holder = (who >> shift & 63 for shift in (0, 6, 12, 18, 24))
        words = self.locks[before].says, self.locks[after].says
        name = self.groups[asker].name
        by = name if holder == SOMEBODY else self.groups[holder].name
        if holder == SOMEBODY and who >> PC_SHIFT:
            found = _taking(self.checker, self.groups, self.bounds, seen, words)
            by = found.held[words[0]].who if found else name
        all_held, to_read = (
            frozenset(self.names[n] for n in range(len(self.names)) if each >> n & 1) for each in (held, shared)
        )
        occupies = not (self.sleeps[before] and self.sleeps[after])
        return Taken(
            self.names[before], self.names[after], by, name, all_held, frozenset((cpu,)), occupies, seen, words,
            who & CODE, to_read, bool(who & READS),
        )  # fmt: skip


def _in_circles(pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of the pairs from whose end a way of pairs leads to their beginning."""
    after: dict[int, set[int]] = {}
    for before, then in pairs:
        after.setdefault(before, set()).add(then)
    found = set()
    for before, then in pairs:
        seen, queue = {then}, [then]
        for lock in queue:
            queue += after.get(lock, set()) - seen
            seen |= after.get(lock, set())
        if before in seen:
            found.add((before, then))
    return found
