"""What a state of a search consists of: its parts, with how many contents each was seen, and the bits that this takes.

A part that was always the same takes none. Of the others is told which of their fields were not always the same, and
with how many values each was seen.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from splx.check.search import LINE_WORDS, Kind
from splx.machine.constants import IN_USE
from splx.scenario.names import SystemNames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.check.checker import Checker

EVERY_CPU = -2  # no CPU: words of every CPU are called by its number
#: kind -> name, first bit and bits of the fields in its one word; see `parts`
_FIELDS = {
    Kind.CPU: (("context", 0, 16), ("interrupts on", 16, 1), ("level", 17, 8), ("halted", 25, 1)),
    Kind.IRQ: (
        ("masked", 2, 1), ("in service", 3, 8), ("goes to", 11, 8), ("wire", 19, 8), ("latch", 27, 1),
        ("under way", 28, 3),
    ),
    Kind.DEVICE: (
        ("enabled", 0, 1), ("under way", 1, 1), ("requests", 2, 8), ("items", 10, 16), ("arrivals used", 26, 37),
    ),
    Kind.CONTEXT: (("pc", 2, 24), ("beneath it", 26, 16), ("runs on", 42, 8), ("interrupts before", 50, 1)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a part that was not always the same, and how many values it had."""

    name: str
    values: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part that was not always the same: how many contents it was seen with, and the bits of their number."""

    kind: str  # "context", "cpu", "irq", "device", "buffer", "line"
    name: str
    contents: int
    bits: int
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """`all` says how many parts there are of each kind. `words` of 8 bytes hold `bits` bits. `bytes` is what a state
    takes, by what for: its row, the way to it, its place in the table of all, and its share of the contents.
    """

    parts: tuple[Part, ...]
    all: dict[str, int]
    bits: int
    words: int
    bytes: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """All of it, for `json.dumps`."""
        return asdict(self)


def explain(checker: Checker) -> Explained:
    """The state of a search as far as it has come."""
    s, names = checker.s, checker.eyes.names
    every = [(_kind(checker, part), part) for part in range(s.n_parts)]
    found = [_part(checker, names, kind, part) for kind, part in every if s.bits[part]]
    return Explained(
        tuple(found),
        {kind.name.lower(): sum(each is kind for each, _ in every) for kind in Kind},
        sum(each.bits for each in found),
        s.row_words,
        {
            "row": 8.0 * s.row_words,
            "way": 8.0,
            "table": 8 * (s.slots_mask + 1) / s.states_room,
            "contents": 8 * (s.arena_used + s.index_used) / max(1, s.n_states),
        },
    )


def _kind(checker: Checker, part: int) -> Kind:
    s = checker.s
    firsts = (
        (s.first_line, Kind.LINE), (s.first_buffer, Kind.BUFFER), (s.first_dev, Kind.DEVICE), (s.first_irq, Kind.IRQ),
        (s.first_cpu, Kind.CPU), (0, Kind.CONTEXT),
    )  # fmt: skip
    return next(kind for first, kind in firsts if part >= first)


def _part(checker: Checker, names: SystemNames, kind: Kind, part: int) -> Part:
    s = checker.s
    contents = [tuple(checker.words_of(part, number)) for number in range(s.count[part])]
    values: dict[str, set[Any]] = {}
    for words in contents:
        for name, value in _values(checker, names, kind, part, words):
            values.setdefault(name, set()).add(value)
    fields = tuple(Field(name, len(each)) for name, each in values.items() if len(each) > 1)
    return Part(kind.name.lower(), _name(checker, names, kind, part), len(contents), s.bits[part], fields)


def _values(
    checker: Checker, names: SystemNames, kind: Kind, part: int, words: tuple[int, ...]
) -> Iterator[tuple[str, Any]]:
    """Contents, field by field."""
    if kind is Kind.LINE:
        first = (part - checker.s.first_line) * LINE_WORDS
        for k in range(LINE_WORDS):
            yield names.place(first + k, EVERY_CPU), words[k]
        yield "who holds its locks", words[LINE_WORDS:]
    elif kind is Kind.BUFFER:
        yield "stores that wait", words
    elif kind is Kind.CONTEXT:
        yield "in use", words[0] & 3
        if words[0] & 3 == IN_USE:
            yield from _fields(kind, words[0])
            yield "registers", words[1:]
    else:
        yield from _fields(kind, words[0])
        yield "items taken and not done", words[1:]


def _fields(kind: Kind, word: int) -> Iterator[tuple[str, int]]:
    return ((name, word >> first & ((1 << bits) - 1)) for name, first, bits in _FIELDS[kind])


def _name(checker: Checker, names: SystemNames, kind: Kind, part: int) -> str:
    s, system = checker.s, checker.system
    if kind is Kind.CONTEXT:
        return system.contexts[part].name
    if kind in (Kind.CPU, Kind.BUFFER):
        return f"cpu{part - (s.first_cpu if kind is Kind.CPU else s.first_buffer)}"
    if kind is Kind.IRQ:
        return names.thing("irq", part - s.first_irq).text
    if kind is Kind.DEVICE:
        return system.devices[part - s.first_dev].name
    first = (part - s.first_line) * LINE_WORDS
    own = dict.fromkeys(names.place(first + k, EVERY_CPU).rpartition(".")[0] for k in range(LINE_WORDS))
    return ", ".join(each for each in own if each) or f"words {first} to {first + LINE_WORDS - 1}"
