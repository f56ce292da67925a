"""What little programs can do, and which of it goes on for ever: written apart from the checker, by what the words
mean, with sets of states and of moves, and no thought of speed.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import NamedTuple

from tests.laws.little_programs import WORDS, code


class TooMany(Exception):
    """There are more states than anybody wants to wait for."""


class Edge(NamedTuple):
    """A move: from where to where, whose it is, which CPU's program moves in it, gets round in it, or draws in it."""

    start: int
    to: int
    mover: tuple[str, int]
    who: int | None
    round: int | None
    draws: bool


class LittleRuns:
    """All states and moves of some programs, one for each CPU. A state: where each CPU is, and what it holds loaded;
    the words; what each CPU has stored and nobody else can see yet. `room`: for how many stores, 0 for none.
    """

    def __init__(self, cpus, room, most):
        self.codes, self.room = [code(each) for each in cpus], room
        self.cpus = range(len(cpus))
        self.states = [(((0, 0),) * len(cpus), (0,) * WORDS, ((),) * len(cpus))]
        self.edges, numbers = [], {self.states[0]: 0}
        for start, state in enumerate(self.states):
            for after, *rest in self._moves(state):
                if after not in numbers:
                    numbers[after] = len(self.states)
                    self.states.append(after)
                self.edges.append(Edge(start, numbers[after], *rest))
            if len(self.states) > most:
                raise TooMany
        self.out, self.into = defaultdict(list), defaultdict(list)
        for edge in self.edges:
            self.out[edge.start].append(edge)
            self.into[edge.to].append(edge)

    def _moves(self, state):
        at, words, stored = state
        for cpu in self.cpus:
            if stored[cpu]:
                word, value = stored[cpu][0]
                yield (
                    (at, _put(words, word, value), _put(stored, cpu, stored[cpu][1:])),
                    ("store", cpu),
                    None,
                    None,
                    False,
                )
            for place, after, mine, got_round, draws in self._steps(cpu, at[cpu], words, stored[cpu]):
                to = (_put(at, cpu, place), after, _put(stored, cpu, mine))
                yield to, ("step", cpu), cpu, cpu if got_round else None, draws

    def _steps(self, cpu, place, words, mine):
        """Where a CPU can come to, the words and its stores then, whether it got round and whether it drew."""
        (at, loaded), after = place, (place[0] + 1, 0)
        name, *rest = self.codes[cpu][at]
        seen = {**dict(enumerate(words)), **dict(mine)}
        if name in ("set", "store not"):
            word, value = rest[0], rest[1] if name == "set" else 1 - loaded
            if not self.room:
                yield after, _put(words, word, value), mine, False, False
            elif len(mine) < self.room:
                yield after, words, (*mine, (word, value)), False, False
        elif name == "load":
            yield (at + 1, seen[rest[0]]), words, mine, False, False
        elif name == "await" and seen[rest[0]] == rest[1]:
            yield after, words, mine, False, False
        elif name == "take" and words[rest[0]] == 0:
            yield after, _put(words, rest[0], 1), mine, False, False
        elif name == "unless":
            yield (after if seen[rest[0]] == rest[1] else (rest[2], 0)), words, mine, False, False
        elif name == "try" and not mine:  # such an instruction waits until all stores can be seen
            free = words[rest[0]] == 0
            yield (rest[1] if free else rest[2], 0), _put(words, rest[0], 1), mine, False, False
        elif name == "jump":
            yield (rest[0], 0), words, mine, rest[1], False
        elif name == "draw":
            yield after, words, mine, False, True
            yield (rest[0], 0), words, mine, False, True

    def ended(self, state, cpu):
        """Whether a CPU has come to the end of its program."""
        return self.codes[cpu][self.states[state][0][cpu][0]][0] == "end"

    # ---- what is reached

    def before(self, goal, may=lambda _: True):
        """The states from which some moves lead to one of these, and they themselves."""
        found = set(goal)
        queue = list(found)
        for state in queue:
            for edge in self.into[state]:
                if edge.start not in found and may(edge):
                    found.add(edge.start)
                    queue.append(edge.start)
        return found

    def can_move(self, cpu):
        """The states from which a CPU's program can still come to move."""
        return self.before(edge.start for edge in self.edges if edge.who == cpu)

    # ---- what goes on for ever

    def fair(self, states, may, asks, *, drawn=False, owed=lambda _: True):
        """The largest sets of states, among these, in which a run can stay for ever, by moves that it `may`, with all
        of the set met again and again, in which everybody who could move again and again, and is `owed` that, does, and
        in which a move is one that `asks`; each with its moves. `drawn`: every outcome comes of what is drawn again and
        again at one place.
        """
        found, left = [], [(set(states), frozenset())]
        while left:
            some, gone = left.pop()
            for part in self._parts(some, lambda e, some=some, gone=gone: e.to in some and may(e) and e not in gone):
                every = [edge for state in part for edge in self.out[state]]
                inner = [edge for edge in every if edge.to in part and may(edge) and edge not in gone]
                lead_out = {(edge.start, edge.who) for edge in every if edge.draws and edge not in inner}
                opened = {edge for edge in inner if edge.draws and (edge.start, edge.who) in lead_out}
                unfair = {edge.mover for edge in every if owed(edge)} - {edge.mover for edge in inner}
                if not inner:
                    continue
                if drawn and opened:
                    left.append((part, gone | opened))
                elif unfair:
                    could = {edge.start for edge in every if edge.mover in unfair and owed(edge)}
                    left.append((part - could, gone))
                elif any(asks(edge) for edge in inner):
                    found.append((part, inner))
        return found

    def _parts(self, states, may):
        """The sets of states that can all be reached from one another."""
        left = set(states)
        while left:
            root = left.pop()
            there, back = {root}, {root}
            for found, edges, end in ((there, self.out, "to"), (back, self.into, "start")):
                queue = [root]
                for state in queue:
                    for edge in edges[state]:
                        other = getattr(edge, end)
                        if edge.start in states and may(edge) and other in states and other not in found:
                            found.add(other)
                            queue.append(other)
            part = there & back
            left -= part
            yield part

    # ---- the answers

    def standstill(self):
        """Nothing can move, and somebody has not ended."""
        return any(not self.out[each] and self._unended(each) for each in range(len(self.states)))

    def _unended(self, state):
        return [cpu for cpu in self.cpus if not self.ended(state, cpu)]

    def stuck(self):
        """Somebody who has not ended never moves again, whatever happens."""
        able = [self.can_move(cpu) for cpu in self.cpus]
        return any(each not in able[cpu] for each in range(len(self.states)) for cpu in self._unended(each))

    def livelock(self):
        """All move and nobody gets round; or one who moves never can; or some give way to each other beside others."""
        everywhere = range(len(self.states))
        if self.fair(everywhere, lambda e: e.round is None, lambda e: e.who is not None, drawn=True):
            return True
        some = [each for size in range(1, len(self.cpus)) for each in combinations(self.cpus, size)]
        return any(self._hopeless(cpu) for cpu in self.cpus) or any(self._beside(set(each)) for each in some)

    def _hopeless(self, cpu):
        there = {edge.start for edge in self.edges if edge.round == cpu}
        there |= {each for each in range(len(self.states)) if self.ended(each, cpu)}
        never = self.can_move(cpu) - self.before(there)
        return bool(self.fair(never, lambda _: True, lambda e: e.who == cpu, drawn=True))

    def _beside(self, some):
        """Some go on and get nowhere, with all others standing still, though they could get round, and with all others
        going on. Where others stand still in their way they come to a stop: then they wait for those.
        """
        everywhere = set(range(len(self.states)))
        theirs = lambda e: e.mover[1] in some  # noqa: E731 - an argument
        nowhere = lambda e: e.round not in some  # noqa: E731
        both = lambda e: theirs(e) and nowhere(e)  # noqa: E731
        alone = self.fair(everywhere, both, lambda e: e.who in some, drawn=True, owed=theirs)
        on = self.before({each for part, _ in alone for each in part}, both)
        rounds = {edge.start for edge in self.edges if edge.round in some}
        rounds |= {each for each in everywhere if any(self.ended(each, cpu) for cpu in some)}
        free = self.before(rounds, theirs)
        found = self.fair(on & free | everywhere - on - free, nowhere, lambda e: e.who in some, drawn=True)
        return any(some <= {edge.who for edge in inner} and on & free & part for part, inner in found)

    def starvation(self):
        """Somebody who could go on, and has not ended, never gets round."""
        return any(self.fair([each for each in self.can_move(cpu) if not self.ended(each, cpu)],
                             lambda e, cpu=cpu: e.round != cpu, lambda _: True) for cpu in self.cpus)  # fmt: skip

    def never(self, comes):
        """A run may go on, or end, without ever coming to a state in which something is so."""
        without = {each for each, state in enumerate(self.states) if not comes(state[1])}
        if 0 not in without:
            return False
        reached = [0]
        for state in reached:
            reached += {e.to for e in self.out[state] if e.to in without} - set(reached)
        ends = any(not self.out[each] for each in reached)
        return ends or bool(self.fair(reached, lambda _: True, lambda _: True))


def _put(items, at, item):
    """A tuple with another item at one place."""
    return (*items[:at], item, *items[at + 1 :])
