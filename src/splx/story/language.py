"""The language of drawings: what can happen, in the words of the kernel's own text.

    mutex_enter                   the CPU arrives in that function, and has done nothing of it yet
    mutex_enter(m)                the same, called with that. Not of functions that are compiled into their callers
    mutex_exit returns            the CPU leaves that function
    mutex_tryenter returns 0      with that result. Not of functions that are compiled into their callers
    pic_mask(nic)                 an operation of the machine, as `splx.machine.intrinsics` names it
    choose returns 1              and its outcome. That of `choose` and `elapsed` is as the drawing says
    m.word := 0                   a word changes, by whatever operation
    cas m.word := owner | 1       by this one: cas, cas_local, cas_pair_local, swap, swap_local, fetch_add ...
    cas m.word fails              it did not change
    reads m.word                  a load; `reads m.word: 0` if it finds that
    m.word := 0, buffered         a store that stays in the store buffer of its CPU, and all after it, until
    m.word visible                it reaches memory
    spins                         a busy-wait has looked and will look again; `spins on m.word`: that is what it read
    interrupt nic                 the CPU takes that irq
    nic arrives                   an item arrives at that device, whose irq goes to this CPU
    m.word is 0                   nothing happens: the word holds that now
    spins for ever                it does, whatever everybody does after the drawing has ended
    waits for ever                the CPU is halted, and nothing wakes it
    stops: MESSAGE                an assertion fails, or the machine finds something wrong

A place is a field, called as the last parts of its name tell it apart: `m.word`, or `word`. One of another CPU is
`cpu1.want_resched`. A value is a number, the name of a constant, the name of a static or its last parts, or several
numbers and names with `|` between them.

What happened is said in the same words, and exactly: every part of an `Event` that the machine made is filled in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable


class LanguageError(ValueError):
    """A text says nothing that can happen."""


class Value(NamedTuple):
    """A value as it is written; of one that was seen, the number too."""

    text: str
    number: int | None = None

    def __str__(self) -> str:
        return self.text


class Names(Protocol):
    """What a text needs to be compared with what happened."""

    def number_of(self, text: str) -> int | None:
        """The number that the text of a value stands for, if it is known."""

    def called(self, drawn: str, actual: str) -> bool:
        """Whether a function that is drawn under one name is the one of the other name."""


@dataclass(frozen=True, slots=True)
class Call:
    """Control arrives in a function, or an operation of the machine was executed. `args` None: not said, not known."""

    name: str
    args: tuple[Value, ...] | None = None

    def __str__(self) -> str:
        return self.name if self.args is None else f"{self.name}({', '.join(each.text for each in self.args)})"


@dataclass(frozen=True, slots=True)
class Returns:
    """Control leaves a function; or the outcome of an operation that had a choice."""

    name: str
    value: Value | None = None

    def __str__(self) -> str:
        return f"{self.name} returns" if self.value is None else f"{self.name} returns {self.value}"


@dataclass(frozen=True, slots=True)
class Write:
    """A word changes. `how` is the operation, "" a store, or in a drawing any."""

    place: str
    value: Value
    how: str = ""
    buffered: bool = False

    def __str__(self) -> str:
        return f"{self.how} {self.place} := {self.value}".lstrip() + (", buffered" if self.buffered else "")


@dataclass(frozen=True, slots=True)
class Fails:
    """A compare-and-swap found something else."""

    place: str
    how: str

    def __str__(self) -> str:
        return f"{self.how} {self.place} fails"


@dataclass(frozen=True, slots=True)
class Read:
    """A load."""

    place: str
    value: Value | None = None

    def __str__(self) -> str:
        return f"reads {self.place}" if self.value is None else f"reads {self.place}: {self.value}"


@dataclass(frozen=True, slots=True)
class Visible:
    """The oldest store in a store buffer reaches memory."""

    place: str

    def __str__(self) -> str:
        return f"{self.place} visible"


@dataclass(frozen=True, slots=True)
class Spins:
    """A busy-wait goes back to its beginning. `places` are what it has read this time."""

    places: tuple[str, ...] = ()
    for_ever: bool = False

    def __str__(self) -> str:
        on = f" on {self.places[0]}" if self.places else ""
        return f"spins{on}{' for ever' if self.for_ever else ''}"


@dataclass(frozen=True, slots=True)
class Holds:
    """A word holds a value at this moment. Nothing happens."""

    place: str
    value: Value

    def __str__(self) -> str:
        return f"{self.place} is {self.value}"


@dataclass(frozen=True, slots=True)
class Waits:
    """The CPU is halted for ever."""

    def __str__(self) -> str:
        return "waits for ever"


@dataclass(frozen=True, slots=True)
class Accept:
    """The CPU takes an irq."""

    irq: str

    def __str__(self) -> str:
        return f"interrupt {self.irq}"


@dataclass(frozen=True, slots=True)
class Arrival:
    """An item arrives at a device."""

    device: str

    def __str__(self) -> str:
        return f"{self.device} arrives"


@dataclass(frozen=True, slots=True)
class Stops:
    """The run is over: a rule is broken."""

    message: str

    def __str__(self) -> str:
        return f"stops: {self.message}"


Event: TypeAlias = Call | Returns | Write | Fails | Read | Visible | Spins | Holds | Waits | Accept | Arrival | Stops

# ---- text to event

_PLACE = r"([A-Za-z_][\w@/]*(?:\[\d+\])?(?:\.\w+(?:\[\d+\])?)*)"
_HOW = r"(cas|cas_local|cas_pair_local|swap|swap_local|fetch_add|fetch_add_local)"

_FORMS: list[tuple[str, Callable[..., Event]]] = [
    (rf"(?:{_HOW} )?{_PLACE} := (.+?)(, buffered)?", lambda how, p, v, b: Write(p, Value(v), how or "", b is not None)),
    (rf"{_HOW} {_PLACE} fails", lambda how, place: Fails(place, how)),
    (rf"reads {_PLACE}(?:: (.+))?", lambda place, value: Read(place, value and Value(value))),
    (rf"{_PLACE} visible", Visible),
    (rf"{_PLACE} is (.+)", lambda place, value: Holds(place, Value(value))),
    (rf"spins(?: on {_PLACE})?( for ever)?", lambda place, ever: Spins((place,) if place else (), ever is not None)),
    ("waits for ever", Waits),
    (r"interrupt (\S+)", Accept),
    (r"(\S+) arrives", Arrival),
    (r"stops: (.+)", Stops),
    (r"(\w+) returns(?: (.+))?", lambda name, value: Returns(name, value and Value(value))),
    (r"([A-Za-z_]\w*)(?:\((.*)\))?", lambda name, args: Call(name, _args(args))),
]


def _args(text: str | None) -> tuple[Value, ...] | None:
    return None if text is None else tuple(Value(each) for each in text.split(", ") if each)


def read_event(text: str) -> Event:
    """The event that a text says. LanguageError if it says none."""
    for form, make in _FORMS:
        match = re.fullmatch(form, text)
        if match is not None:
            return make(*match.groups())
    raise LanguageError(f"nothing that can happen: {text!r}")


# ---- drawn and happened


def is_it(drawn: Event, happened: Event, names: Names) -> bool:
    """Whether what happened is what was drawn, in all that the drawing says of it."""
    match drawn, happened:
        case Call(), Call():
            return names.called(drawn.name, happened.name) and _same_args(drawn.args, happened.args, names)
        case Returns(), Returns():
            return names.called(drawn.name, happened.name) and same_value(drawn.value, happened.value, names)
        case Write(), Write():
            return (
                drawn.how in ("", happened.how)
                and drawn.buffered == happened.buffered
                and same_place(drawn.place, happened.place)
                and same_value(drawn.value, happened.value, names)
            )
        case Fails(), Fails():
            return drawn.how == happened.how and same_place(drawn.place, happened.place)
        case Read(), Read():
            return same_place(drawn.place, happened.place) and same_value(drawn.value, happened.value, names)
        case Visible(), Visible():
            return same_place(drawn.place, happened.place)
        case Spins(), Spins():
            return all(any(same_place(each, place) for place in happened.places) for each in drawn.places)
        case _:
            return drawn == happened


def _same_args(drawn: tuple[Value, ...] | None, seen: tuple[Value, ...] | None, names: Names) -> bool:
    if drawn is None:
        return True
    return seen is not None and len(drawn) == len(seen) and all(map(lambda d, s: same_value(d, s, names), drawn, seen))


def same_value(drawn: Value | None, seen: Value | None, names: Names) -> bool:
    """Whether a value that is drawn, if one is, is the one that was seen."""
    if drawn is None:
        return True
    if seen is None:
        return False
    if seen.number is not None and names.number_of(drawn.text) == seen.number:
        return True
    return not drawn.text.isdigit() and same_place(drawn.text, seen.text)


def same_place(drawn: str, seen: str) -> bool:
    """Whether a place that is drawn is one that was seen: by the last parts of its name, on the CPU that is said."""
    drawn_cpu, drawn_path = _parts(drawn)
    seen_cpu, seen_path = _parts(seen)
    return drawn_cpu == seen_cpu and seen_path[-len(drawn_path) :] == drawn_path


def _parts(place: str) -> tuple[str, list[str]]:
    parts = place.split(".")
    return (parts[0], parts[1:]) if re.fullmatch(r"cpu\d+", parts[0]) and len(parts) > 1 else ("", parts)
