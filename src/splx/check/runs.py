"""The runs of a system that go on for ever, in the graph of all its states: what judges of fairness ask and tell.

A run counts only if it is fair to every context, to every CPU that could take an interrupt, and to every store in a
buffer; for some, to every outcome of a choice as well, see `movers`. See `fair` for how such runs are found and `loops`
for what it is to get round.
"""

from __future__ import annotations

from array import array
from functools import reduce
from itertools import combinations
from operator import and_
from typing import TYPE_CHECKING, NamedTuple

from splx.check.cheapest import AIM
from splx.check.fair import ALIVE
from splx.check.finding import Finding
from splx.check.groups import Stuck
from splx.check.happens import comes_to
from splx.check.lasso import Rounds
from splx.check.onward import place_of
from splx.check.room import OutOfRoom
from splx.check.search import How
from splx.check.standing import A_MOVE, A_ROUND
from splx.check.storms import ENDS, TAKES
from splx.stage.ours import is_ours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.check.checker import Checker
    from splx.check.groups import Group
    from splx.check.properties import Property

FEW = 4  # who may each get nowhere: up to so many, all sets of them are tried
EVERYBODY = (1 << 62) - 1  # every group, as bits
TABLES = 9  # words for each state in `Rounds`


class Way(NamedTuple):
    """A way to a state, and a round from there."""

    cost: int
    moves: list[int]
    state: int
    edges: tuple[int, ...]
    shortest: bool


class Runs:
    """A graph, and the rounds in it."""

    def __init__(self, checker: Checker, groups: tuple[Group, ...]) -> None:
        self.checker, self.groups, self.s = checker, groups, checker.s
        edges = self.s.n_edges
        self.mover, self.worth, self.flag = (checker.table(name, length) for name, length in (
            ("edge_mover", edges), ("edge_worth", edges), ("flag", self.s.n_states)))  # fmt: skip
        self.movers = int(checker.run["movers"](checker.buffer, 1))
        if checker.held + 8 * (TABLES * self.s.n_states + edges) > checker.most:
            raise OutOfRoom
        starts, ends = checker.edges("edge_from"), checker.edges("edge_to")
        self._surveyed: bool | None = None
        self._able = sum(1 << n for n, each in enumerate(groups) if each.device < 0)  # to move: no items
        moves = checker.edges("edge_move")
        self.rounds = Rounds(self.s.n_states, starts, ends, self.movers, checker.engine, moves)

    def livelocked(self) -> list[int]:
        """The states from which somebody can move for ever while nobody gets round."""
        return self._nowhere(self._able, EVERYBODY)

    def _nowhere(self, movers: int, rounders: int, *, quiet: bool = False) -> list[int]:
        """The states from which one of the groups `movers` can move for ever, and none of `rounders` gets round.
        `quiet`: while nothing arrives but what has been asked for.
        """
        self._look_at(movers, rounders)
        if quiet:
            self.checker.run["unheard"](self.checker.buffer)
        return self._fair_nowhere()

    def _look_at(self, movers: int, rounders: int) -> None:
        """Say what is a move, and what a round."""
        checker = self.checker
        checker.run["movers"](checker.buffer, 1)
        checker.run["worth"](checker.buffer, movers, rounders)
        checker.run["flags"](checker.buffer, -1)

    def _fair_nowhere(self) -> list[int]:
        return self.rounds.find(self.mover, self.worth, self.flag, barred=A_ROUND, must=A_MOVE, asks=True, closed=True)

    def locked_in(self) -> tuple[int, list[int]]:
        """Some groups, as bits, that can move for ever and get nowhere while nothing arrives, and while all that can
        arrive does; and states from which they can do both, and could get round without any arrival. Who waits for what
        arrives is none of these, nor who is only unlucky with whoever serves it.
        """
        checker = self.checker
        states = self._nowhere(self._able, EVERYBODY, quiet=True)
        together = [(who & self._able, found) for who, found in self.rounds.sets(states, checker.edges("edge_who"))]
        for groups in sorted({who for who, _ in together}):
            inside = {state for who, found in together if who == groups for state in found}
            inside.intersection_update(self._nowhere(groups, groups))
            if inside:
                self.survey(locks=True)
                checker.run["get_round"](checker.buffer, groups, 1)
                inside = {state for state in inside if not self.flag[state]}
            if inside:
                return groups, sorted(inside)
        return 0, []

    def look_again(self, groups: int, *, beside: bool) -> None:
        """The sets in which `locked_in`, or `beside_others`, has found these groups are those at hand again."""
        if beside:
            self._beside(groups)
        else:
            self._nowhere(groups, groups)

    def beside_others(self) -> tuple[int, list[int]]:
        """The same of groups beside others of whom nothing is asked: they can go on and get nowhere if those stand
        still, though they could get round by themselves, and if all those go on. So it is not for others that they
        wait, nor with others that they are unlucky, as who finds a lock taken whenever they try. Where others stand
        still in the way of all of them, they may wait, as for a lock that all share.
        """
        able = [n for n, each in enumerate(self.groups) if each.device < 0]
        nowhere = {n: self._as_bits(found) for n in able if (found := self._nowhere(1 << n, 1 << n))}
        sets = {tuple(nowhere)}
        if len(nowhere) <= FEW:
            sets = {each for size in range(1, len(nowhere) + 1) for each in combinations(nowhere, size)}
        threads = self._threads()
        for each in sorted(sets, key=lambda some: (not threads.issuperset(some), -len(some), some)):
            if each and len(each) < len(able) and reduce(and_, (nowhere[n] for n in each)):
                states = self._beside(sum(1 << n for n in each))
                if states:
                    return sum(1 << n for n in each), states
        return 0, []

    def _as_bits(self, states: Sequence[int]) -> int:
        """A set of states as one number, a byte each: there may be millions."""
        there = bytearray(self.s.n_states)
        for state in states:
            there[state] = 1
        return int.from_bytes(there, "little")

    def _threads(self) -> set[int]:
        """Those of the scenario's own."""
        return {n for n, each in enumerate(self.groups) if each.device < 0 and not (each.ours or each.brief)}

    def _beside(self, groups: int) -> list[int]:
        """As `beside_others`, of these."""
        checker, many = self.checker, self.s.n_states
        # Handlers return, and a kernel's own threads do what they do.
        others = sum(1 << n for n in self._threads()) & ~groups
        self._look_at(groups, groups)
        checker.run["frozen"](checker.buffer, others)
        alone = self._fair_nowhere()
        if not alone:
            return []
        self.survey(locks=True)
        checker.run["get_round"](checker.buffer, groups, 2)
        never = self.flag[:many].tolist()  # not without others
        self.flag[:many] = memoryview(array("q", [0]) * many)
        for state in alone:
            self.flag[state] = ALIVE
        checker.run["leads_there"](checker.buffer)
        # They can go on, and could get round; or all come to a stop before either.
        kept = array(
            "q", [int((here != 0) != (other != 0)) for here, other in zip(self.flag[:many], never, strict=True)]
        )
        on = {state for state, other in enumerate(never) if kept[state] and not other}
        self._look_at(groups, groups)
        self.flag[:many] = memoryview(kept)
        sets = self.rounds.sets(self._fair_nowhere(), checker.edges("edge_who"))
        return sorted(state for who, found in sets if who & groups == groups and on & found for state in found)

    def hopeless(self, group: int) -> list[int]:
        """The states from which a group moves for ever and can never get round, whatever the others do."""
        checker = self.checker
        self.survey(locks=True)
        if not checker.run["hopeless"](checker.buffer, group):
            return []
        checker.run["movers"](checker.buffer, 1)
        who = checker.edges("edge_who")
        return self.rounds.find(self.mover, who, self.flag, must=1 << group, asks=True, closed=True)

    def inverted(self, thread: int) -> list[int]:
        """The states from which a thread can wait for ever for one that is ready, while a worse one than it runs."""
        checker = self.checker
        checker.run["movers"](checker.buffer, 0)
        checker.run["nobody"](checker.buffer, self.movers - self.s.n_devs)
        checker.run["inverted"](checker.buffer, thread, len(self.groups))
        return self.rounds.find(self.mover, checker.edges("edge_who"), self.flag, barred=1 << thread, asks=True)

    def stormed(self, device: int, cpu: int) -> list[int]:
        """The states from which a CPU can take the interrupt of a device for ever, and does nothing else."""
        checker = self.checker
        checker.run["movers"](checker.buffer, 1)
        checker.run["flags"](checker.buffer, -1)
        if not checker.run["storms"](checker.buffer, device, cpu):
            return []
        return self.rounds.find(self.mover, self.worth, self.flag, barred=ENDS, must=TAKES, asks=True, closed=True)

    def know_locks(self) -> None:
        """Say to the search where in a thread things stand, and where it is written who holds a lock."""
        system, eyes = self.checker.system, self.checker.eyes
        words = self.checker.table("lock_lines", (len(system.image.memory) >> 3) + 1)
        for at, word in eyes.holders.objects.items():
            words[at >> 3] = word
        self.s.status_offset = eyes.status_offset
        self.s.wchan_after, self.s.prio_after, self.s.cpu_after = (
            eyes.offset(field) - eyes.status_offset for field in ("l_wchan", "l_prio", "l_cpu")
        )

    def survey(self, *, locks: bool = False) -> None:
        """How everybody stands in every state; `locks`: who sleeps for a lock is as who sleeps for an event."""
        if self._surveyed is locks:
            return
        self._surveyed, checker = locks, self.checker
        for name in ("present", "dozing"):
            checker.table(name, self.s.n_states)
        checker.run["survey"](checker.buffer, len(self.groups), int(locks))

    def starved(self, group: int) -> list[int]:
        """The states from which the others can go on for ever while a group gets nowhere."""
        checker = self.checker
        self.survey()
        devices = self.s.n_devs
        checker.run["movers"](checker.buffer, 0)
        checker.run["nobody"](checker.buffer, self.movers - devices)
        checker.run["flags"](checker.buffer, group)
        return self.rounds.find(self.mover, checker.edges("edge_round"), self.flag, barred=1 << group, asks=True)

    def without(self, judge: int) -> list[int]:
        """The states in which a run from the first state on, through states in which property `judge` is not true, can
        stay or rest for ever.
        """
        checker = self.checker
        checker.run["movers"](checker.buffer, 0)
        checker.run["nobody"](checker.buffer, self.movers - self.s.n_devs)
        checker.run["untrue"](checker.buffer, judge)
        reached = self.rounds.within(self.flag, 0)
        staying = self.rounds.find(self.mover, self.worth, self.flag)
        return sorted({*staying, *(each for each in reached if self.rests(each))})

    def rests(self, state: int) -> bool:
        """Whether nothing has to happen in a state."""
        return all(self.mover[e] < 0 for e in self.rounds.edges(state))

    # ---- the story

    def way(self, states: Sequence[int]) -> Way:
        """The cheapest way to one of the states, and a round from there."""
        checker, mark = self.checker, self.checker.table("mark")
        for state in states:
            mark[state] |= 1 << AIM
        self.s.goal_way = -1
        with checker.edges_kept():
            found = checker.cheapest_or(checker.moves_to(states[0]), 1, how=How.AIM)
        for state in states:
            mark[state] &= ~(1 << AIM)
        state = checker.goal_state if self.s.goal_way >= 0 else states[0]
        made = self.rounds.of(state)
        return Way(*found, state, made.edges, made.shortest)

    def finding(self, prop: Property, why: str, way: Way, stuck: tuple[Stuck, ...]) -> Finding:
        """A finding whose story is a way and a round. The machine at hand is where the round begins."""
        comes_to(self.checker, way.moves)
        cycle = tuple(self.checker.unfused([self.checker.edges("edge_move")[e] for e in way.edges], way.state))
        place = next((place for each in stuck if (place := place_of(self.checker, each))), None)
        moves = tuple(way.moves)
        return Finding(prop.code, why, moves, way.cost, stuck, place, cycle=cycle, shortest=way.shortest)

    def bits(self, name: str, edges: Sequence[int]) -> int:
        """The groups of all these moves."""
        found = 0
        for e in edges:
            found |= self.checker.edges(name)[e]
        return found

    def stand(self, way: Way) -> tuple[Stuck, ...]:
        """How those stand who get no further in a round: they loop, or they wait. Its state becomes the one at hand."""
        checker = self.checker
        checker.show(way.state)
        moving, got_round = self.bits("edge_who", way.edges), self.bits("edge_round", way.edges)
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
