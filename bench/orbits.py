"""How many states of a search over a kernel differ only in what CPUs are called: what symmetry would be worth there.

No search over a kernel leaves such states out. To know what that would be worth at most, all states of a finished one
are turned: what is of one CPU becomes what is of another, and so do references to it. Fields of plain numbers, and
registers, do not say whether they name a CPU, a context, or an object. So a number that could is taken to, if there are
contents of that part with the other name. A state that is none when it is turned, as kernels look at CPUs in the order
of their numbers, stays one for itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, pairwise, permutations, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splx.check.loading import Bounds
from splx.check.places import fields_of
from splx.check.search import LINE_WORDS
from splx.check.turns import Turn
from splx.check.verdict import check
from splx.lang.struct import struct_of
from splx.lang.types import Array, Ref
from splx.machine.constants import IN_USE
from splx.simulate.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splx.check.checker import Checker
    from splx.lang.types import Type
    from splx.scenario.system import System

SCENARIO = str(Path(__file__).parent / "scenarios" / "alike.py")
#: kernel, CPUs, whether the lock spins
ALIKE = (("netbsd-5", 2, 1), ("netbsd-5", 2, 0), ("textbook", 2, 1))
MOST_NAMES = 3  # numbers in the contents of one part that are taken to name something
FLAGS = 7  # bits of a reference to an object that may have another meaning
#: numbers that are known to name somebody: 1 + a CPU or a reference with flags, and a CPU
OWNERS = (("Mutex", "word"), ("BigLock", "word"))
NUMBERS = (("Lwp", "l_cpu"),)
TABLES = {"SchedTable": "cpus", "IntrTable": "irqs"}  # their elements are of these, in this order


@dataclass(frozen=True)
class Orbits:
    """`there`: the share of turned states that are states. `classes`: of states that become one another."""

    kernel: str
    cpus: int
    spins: bool
    states: int
    there: float
    classes: int

    @property
    def worth(self) -> float:
        """How many times fewer states there would be."""
        return self.states / self.classes

    def to_json(self) -> dict[str, Any]:
        """The figures."""
        return {name: getattr(self, name) for name in (*self.__dataclass_fields__, "worth")}


def orbits(kernel: str, cpus: int, spins: int) -> Orbits:
    """A search that fuses, and what its states become."""
    settings = (("CPUS", str(cpus)), ("SPINS", str(spins)))
    system = Setup(SCENARIO, kernel, "ideal", settings=settings).system()
    found: list[tuple[int, float, int]] = []

    def at_end(checker: Checker) -> None:
        turns = list(permutations(range(cpus)))[1:]
        found.append(_classes(checker, [Turned(checker, _turn(system, each)) for each in turns]))

    check(system, Bounds(fuse=True), only=("rules",), at_end=at_end)
    return Orbits(kernel, cpus, bool(spins), *found[0])


# ---- what is where when CPUs are called otherwise


@dataclass(frozen=True)
class ByObject(Turn):
    """A turn that takes objects with it: `at` is where each word of memory is then."""

    at: tuple[int, ...] = ()

    def address(self, at: int) -> int:
        """Where a word of memory is then."""
        return self.at[at] if 0 <= at < len(self.at) else at


def _turn(system: System, cpus: tuple[int, ...]) -> ByObject:
    names = ([each.name for each in specs] for specs in (system.contexts, system.irqs, system.devices))
    contexts, irqs, devices = (tuple(each.index(_called(name, cpus)) for name in each) for each in names)
    turn = ByObject(system, cpus, contexts, irqs, devices, {})
    return replace(turn, at=_addresses(system, turn))


def _called(name: str, cpus: Sequence[int]) -> str:
    """`user/0 (preempted)` is `user/1 (preempted)` then."""
    head, slash, rest = name.partition("/")
    number, space, more = rest.partition(" ")
    return f"{head}/{cpus[int(number)]}{space}{more}" if slash else name


def _addresses(system: System, turn: ByObject) -> tuple[int, ...]:
    """Where words are: blocks of CPUs, elements of tables, what contexts begin with, what these refer to at first."""
    image, data = system.image, system.image.data
    bases = [*sorted(data.address(each) for each in data.statics), image.percpu_base]
    objects = {first: range(first, end) for first, end in pairwise(bases)}
    at = list(range(len(image.memory)))
    own = [image.percpu_base + k for k in range(image.percpu_stride * system.cpus)]
    moved = [(each, Turn.address(turn, each)) for each in own if each < len(at)]
    for table in data.statics:
        order = getattr(turn, TABLES.get(type(table).__name__, ""), ())
        moved += [(data.address(table) + k, data.address(table) + to) for k, to in enumerate(order)]
    begins = [each.argument for each in system.contexts]
    pairs = [(begins[k], begins[to]) for k, to in enumerate(turn.contexts)]
    while moved or pairs:
        for one, other in moved:
            at[one] = other
            pairs.append((image.memory[one], image.memory[other]))
        first, second = pairs.pop()
        new = first != second and first in objects and second in objects and at[first] == first
        moved = list(zip(objects[first], objects[second], strict=True)) if new else []
    return tuple(at)


# ---- what contents become


class Turned:
    """What the contents of every part of a finished search become: `parts` and, by part and number, `numbers`; -1: no
    contents that there are.
    """

    def __init__(self, checker: Checker, turn: ByObject) -> None:
        self.checker, self.turn, s = checker, turn, checker.s
        fields = list(fields_of(turn.system))
        self.refers = {at for cls, name, at in fields if isinstance(_item(struct_of(cls).fields[name].type), Ref)}
        self.names = {at: (cls.__name__, name) for cls, name, at in fields}
        self.parts = [self._part(part) for part in range(s.n_parts)]
        known = [_first_of(_contents(checker, part)) for part in range(s.n_parts)]
        self.numbers = [
            [self._number(known[self.parts[part]], part, words) for words in _contents(checker, part)]
            for part in range(s.n_parts)
        ]

    def _part(self, part: int) -> int:
        return self.turn.part(part)

    def _number(self, known: dict[tuple[int, ...], int], part: int, words: tuple[int, ...]) -> int:
        """The number of the contents that these become, with as few numbers that are names as will do."""
        plain, names = self._plainly(part, words)
        for many in range(MOST_NAMES + 1):
            for places in combinations(names, many):
                for values in product(*(names[each] for each in places)):
                    changed = list(plain)
                    for place, value in zip(places, values, strict=True):
                        changed[place] = value
                    if tuple(changed) in known:
                        return known[tuple(changed)]
        return -1

    def _plainly(self, part: int, words: tuple[int, ...]) -> tuple[list[int], dict[int, list[int]]]:
        """What contents become if no plain number is a name, and what those that may be one, by place, become then."""
        s, turn = self.checker.s, self.turn
        if part >= s.first_line:
            return self._line(LINE_WORDS * (part - s.first_line), words)
        plain, names = turn.contents(part, words), dict[int, list[int]]()
        if part < s.first_cpu and words[0] & 3 == IN_USE:
            for k in self._registers(words):
                value = turn.address(words[k])
                plain[k] = value
                names[k] = self._other(words[k], value)
        return plain, names

    def _line(self, first: int, words: tuple[int, ...]) -> tuple[list[int], dict[int, list[int]]]:
        """Of a line of memory. What a word holds at first becomes what the other one holds at first."""
        memory, turn = self.turn.system.image.memory, self.turn
        plain, names = [0] * LINE_WORDS, dict[int, list[int]]()
        for at, value in enumerate(words, first):
            to = turn.address(at)
            known = self._known(at, value)
            at_first = at < len(memory) and value == memory[at]
            new = known if known is not None else memory[to] if at_first else value
            plain[to % LINE_WORDS] = new
            if known is None:
                names[to % LINE_WORDS] = self._other(value, new)
        return plain, names

    def _known(self, at: int, value: int) -> int | None:
        """What a word becomes of which it is known what it names."""
        turn, name = self.turn, self.names.get(at, ("", ""))
        if at in self.refers:
            return turn.address(value)
        if name in OWNERS and not 1 <= value <= len(turn.cpus):
            return turn.address(value & ~FLAGS) | value & FLAGS
        less = 1 if name in OWNERS else 0
        return turn.cpus[value - less] + less if name in OWNERS + NUMBERS and value >= less else None

    def _registers(self, words: tuple[int, ...]) -> Iterator[int]:
        """Where in the contents of a context registers stand that are no addresses to return to."""
        s, pc, at = self.checker.s, words[0] >> 2 & 0xFFFFFF, 1
        first, many, link = s.here[pc], s.here_n[pc], s.link_here[pc]
        while True:
            numbers = [s.lives[first + k] for k in range(many)]
            yield from (at + k for k, number in enumerate(numbers) if number != link)
            if link < 0:
                return
            back = words[at + numbers.index(link)]
            at += many
            first, many, link = s.back[back], s.back_n[back], s.link_back[back]

    def _other(self, value: int, but: int) -> list[int]:
        """What a number becomes if it names something, but one."""
        turn = self.turn
        found = {turn.address(value), turn.address(value & ~FLAGS) | value & FLAGS, value}
        for names in (turn.cpus, turn.contexts):
            found |= {names[value - less] + less for less in (0, 1) if 0 <= value - less < len(names)}
        return sorted(found - {but})


def _item(kind: Type) -> Type:
    return _item(kind.item) if isinstance(kind, Array) else kind


def _contents(checker: Checker, part: int) -> list[tuple[int, ...]]:
    """Those of a part by number; of a line without whose hands its locks are in."""
    s, words = checker.s, [tuple(checker.words_of(part, number)) for number in range(checker.s.count[part])]
    return [each[:LINE_WORDS] for each in words] if part >= s.first_line else words


def _first_of(contents: list[tuple[int, ...]]) -> dict[tuple[int, ...], int]:
    return {words: number for number, words in reversed(list(enumerate(contents)))}


# ---- states


def _classes(checker: Checker, turns: list[Turned]) -> tuple[int, float, int]:
    """How many states there are, which share of them are states when they are turned, and how many classes."""
    s = checker.s
    parts = [s.active[k] for k in range(s.n_active)]
    first = {part: _first_of(_contents(checker, part)) for part in parts}
    same = {part: [first[part][words] for words in _contents(checker, part)] for part in parts}
    places = [(part, s.word[part], s.shift[part], (1 << s.bits[part]) - 1) for part in parts]
    rows = (checker.row(state) for state in range(s.n_states))
    states = dict.fromkeys(tuple(same[p][row[w] >> at & mask] for p, w, at, mask in places) for row in rows)
    number = {state: k for k, state in enumerate(states)}
    class_of, there = list(range(len(number))), 0
    for turn in turns:
        order = [parts.index(turn.parts.index(part)) for part in parts]
        for state, k in number.items():
            turned = tuple(turn.numbers[parts[n]][state[n]] for n in order)
            to = number.get(turned, -1)
            there += to >= 0
            if to >= 0:
                _join(class_of, k, to)
    return len(number), there / len(number) / len(turns), sum(class_of[k] == k for k in range(len(number)))


def _join(class_of: list[int], one: int, other: int) -> None:
    """Two are of one class: the root of one becomes that of the other."""
    roots = []
    for each in (one, other):
        k = each
        while class_of[k] != k:
            class_of[k] = class_of[class_of[k]]
            k = class_of[k]
        roots.append(k)
    class_of[max(roots)] = min(roots)
