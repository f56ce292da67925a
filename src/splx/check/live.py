"""Who goes on for ever and gets nowhere: the judge of moves without progress, and of starvation.

Both are runs that go on for ever, and every scheduler that is worth its name excludes some: it lets everybody move who
again and again could. So a run counts only if it is fair to every context, to every CPU that could take an interrupt,
to every store in a buffer, and to every outcome of a choice. See `fair` for how such runs are found and `loops` for
what it is to get round.

Moves without progress: somebody moves for ever, and nobody at all gets round. Here arrivals are fair too: whoever polls
a device waits for something that does come. Starvation: somebody who is there, and does not just sleep for an event,
never gets round, whatever the others do. Here arrivals need not come, but for those of devices said to be fair.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from splx.check import properties
from splx.check.cheapest import AIM
from splx.check.finding import Finding, Suspect
from splx.check.groups import Stuck
from splx.check.holders import Holders
from splx.check.lasso import Rounds
from splx.check.search import How
from splx.check.standing import A_MOVE, A_ROUND
from splx.check.story import is_ours
from splx.check.stuck import place_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from splx.check.checker import Checker
    from splx.check.groups import Group
    from splx.check.properties import Property


def judge(checker: Checker, groups: tuple[Group, ...], wanted: Collection[Property]) -> Iterator[Suspect]:
    """The properties among `wanted` that some state breaks; the graph is there, and who can come to move from where."""
    asked = {properties.LIVELOCK, properties.STARVATION} & set(wanted)
    if not asked or not checker.s.n_edges:
        return
    look = _Look(checker, groups)
    if properties.LIVELOCK in asked:
        states = look.livelocked()
        if states:
            yield Suspect(properties.LIVELOCK, (states[0], AIM), partial(look.tell_livelock, states))
    if properties.STARVATION in asked:
        look.survey()
        firsts = {n: found for n in range(len(groups)) if (found := look.starved(n))}
        if firsts:
            first = min(firsts, key=lambda n: firsts[n][0])
            yield Suspect(properties.STARVATION, (firsts[first][0], AIM), partial(look.tell_starved, first))


class _Way(NamedTuple):
    """A way to a state, and a round from there."""

    cost: int
    moves: list[int]
    state: int
    edges: tuple[int, ...]
    shortest: bool


class _Look:
    """A graph, and the rounds in it."""

    def __init__(self, checker: Checker, groups: tuple[Group, ...]) -> None:
        self.checker, self.groups, self.s = checker, groups, checker.s
        edges = self.s.n_edges
        self.mover, self.worth, self.flag = (checker.table(name, length) for name, length in (
            ("edge_mover", edges), ("edge_worth", edges), ("flag", self.s.n_states)))  # fmt: skip
        self.movers = int(checker.run["movers"](checker.buffer))
        starts, ends = checker.edges("edge_from"), checker.edges("edge_to")
        self.rounds = Rounds(self.s.n_states, starts, ends, self.movers)

    def livelocked(self) -> list[int]:
        """The states from which somebody can move for ever while nobody gets round."""
        checker = self.checker
        checker.run["movers"](checker.buffer)
        checker.run["worth"](checker.buffer, sum(1 << n for n, each in enumerate(self.groups) if each.device < 0))
        checker.run["flags"](checker.buffer, -1)
        return self.rounds.find(self.mover, self.worth, self.flag, barred=A_ROUND, must=A_MOVE, asks=True)

    def survey(self) -> None:
        """How everybody stands in every state."""
        checker = self.checker
        for name in ("present", "dozing"):
            checker.table(name, self.s.n_states)
        system = checker.system
        lines = checker.table("lock_lines", (len(system.image.memory) >> 3) + 1)
        for at in Holders(system).objects:
            lines[at >> 3] = 1
        self.s.wchan_after = checker.eyes.offset("l_wchan") - checker.eyes.status_offset
        checker.run["survey"](checker.buffer, len(self.groups))

    def starved(self, group: int) -> list[int]:
        """The states from which the others can go on for ever while a group gets nowhere."""
        checker = self.checker
        devices = self.s.n_devs
        checker.run["movers"](checker.buffer)
        checker.run["nobody"](checker.buffer, self.movers - devices)
        checker.run["flags"](checker.buffer, group)
        return self.rounds.find(self.mover, checker.edges("edge_round"), self.flag, barred=1 << group, asks=True)

    # ---- the story

    def tell_livelock(self, states: Sequence[int]) -> Finding:
        """Moves without progress."""
        self.livelocked()
        way = self._way(states)
        who, stuck = self._bits("edge_who", way.edges), self._stand(way)
        names = " and ".join(each.name for n, each in enumerate(self.groups) if who >> n & 1 and each.device < 0)
        several = " and " in names or names.startswith("interrupts")
        why = f"{names} {'go' if several else 'goes'} on for ever, and nobody gets anywhere"
        return self._finding(properties.LIVELOCK, why, way, stuck)

    def tell_starved(self, group: int) -> Finding:
        """A group gets nowhere."""
        way = self._way(self.starved(group))
        stuck = self._stand(way)
        mine = next((each for each in stuck if each.group is self.groups[group]), None)
        stuck = tuple(sorted(stuck, key=lambda each: each is not mine))
        others = self._bits("edge_round", way.edges)
        names = [each.name for n, each in enumerate(self.groups) if others >> n & 1]
        meanwhile = f" while {' and '.join(names)} {'go' if len(names) > 1 else 'goes'} on" if names else ""
        how = _HOW[mine.how if mine else "waits"].format(name=self.groups[group].name, on=mine.on if mine else "")
        return self._finding(properties.STARVATION, how + meanwhile, way, stuck)

    def _way(self, states: Sequence[int]) -> _Way:
        """The cheapest way to one of the states, and a round from there."""
        checker, mark = self.checker, self.checker.table("mark")
        for state in states:
            mark[state] |= 1 << AIM
        with checker.edges_kept():
            found = checker.cheapest(1, how=How.AIM)
        for state in states:
            mark[state] &= ~(1 << AIM)
        assert found is not None, "a state is reached, and by no way"
        made = self.rounds.of(checker.goal_state)
        return _Way(*found, checker.goal_state, made.edges, made.shortest)

    def _finding(self, prop: Property, why: str, way: _Way, stuck: tuple[Stuck, ...]) -> Finding:
        cycle = tuple(self.checker.edges("edge_move")[e] for e in way.edges)
        place = next((place for each in stuck if (place := place_of(self.checker, each))), None)
        moves = tuple(way.moves)
        return Finding(prop.code, why, moves, way.cost, stuck, place, cycle=cycle, shortest=way.shortest)

    def _bits(self, name: str, edges: Sequence[int]) -> int:
        """The groups of all these moves."""
        found = 0
        for e in edges:
            found |= self.checker.edges(name)[e]
        return found

    def _stand(self, way: _Way) -> tuple[Stuck, ...]:
        """How those stand who get no further in a round: they loop, or they wait. Its state becomes the one at hand."""
        checker = self.checker
        checker.show(way.state)
        moving, got_round = self._bits("edge_who", way.edges), self._bits("edge_round", way.edges)
        found = []
        for number, group in enumerate(self.groups):
            if got_round >> number & 1 or not checker.run["there"](checker.buffer, number):
                continue
            if moving >> number & 1:
                found.append(Stuck(group, "loops", self._where(group), self._running(group)))
            else:
                stuck = checker.eyes.stuck(group, self.s.machine.state)
                found += [stuck] if stuck is not None else []
        return tuple(found)

    def _running(self, group: Group) -> int:
        state = self.s.machine.state
        return next((each for each in group.contexts if state.runs_on[each] >= 0), group.contexts[0])

    def _where(self, group: Group) -> str:
        """The user's function that a group is in, or the kernel's if it is in none."""
        context = self._running(group)
        pc = self.s.machine.state.pc[context]
        calls = self.checker.system.image.unwind(pc, self.checker.registers(context)) if pc else []
        names = [name for name, span in calls if not is_ours(span.file)] or [name for name, _ in calls]
        return names[0] if names else ""


_HOW = {
    "loops": "{name} goes round and round in {on} and gets no further",
    "spins": "{name} spins on {on} for ever",
    "sleeps": "{name} sleeps on {on} for ever",
    "ready": "{name} is ready and never runs",
    "beneath": "{name} lies beneath others for ever",
    "waits": "{name} never goes on",
    "unheard": "an item of {name} is never taken",
}
