"""What the things of a system are called in drawings: its words, statics, contexts, irqs and devices.

A static that has no name of its own is called by the way to it: `sched.cpu[1].rq_lock`, `turnstiles.chain[3]`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from splx.kernel.interface.locks import VARIANTS
from splx.kernel.interface.lwp import Lwp
from splx.kernel.interface.rw import READERS
from splx.lang.struct import struct_of
from splx.lang.types import Array, Field, Func, Handle, Int, Ref, Struct
from splx.story.language import Value, same_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from splx.lang.types import Type
    from splx.scenario.system import System

#: A reference is a multiple of this; the bits below are flags.
_LINE = 8
_WORD = 64

#: slot -> the functions that may be called in its place
_VARIANTS = {slot: {each.__name__ for each in kinds.values()} for slot, kinds in VARIANTS.items()}


class Cell(NamedTuple):
    """A word: its name, the field that it is of, and whose it is; -1 everybody's."""

    name: str
    field: Field
    cpu: int


class SystemNames:
    """Names of a system. `levels` are those of its design, for drawings that call a level by its name."""

    def __init__(self, system: System, levels: Mapping[str, int] | None = None) -> None:
        self.system = system
        self._cells: dict[int, Cell] = {}
        self._starts: dict[int, str] = {}
        self._addresses: dict[str, int] = {}
        self._threads: dict[int, str] = {}
        self._name_statics()
        self._name_per_cpu()
        self._known = {"NULL": 0} | self._addresses | dict(_constants(system)) | dict(levels or {})

    # ---- from numbers to names

    def place(self, address: int, cpu: int) -> str:
        """A word, as code on `cpu` calls it."""
        cell = self._cells.get(address)
        if cell is None:
            return f"word{address}"
        return cell.name if cell.cpu in (-1, cpu) else f"cpu{cell.cpu}.{cell.name}"

    def content(self, address: int, number: int) -> Value:
        """A value that the word at `address` holds. Words of locks hold threads, though they are numbers."""
        cell = self._cells.get(address)
        if cell is None:
            return Value(str(number), number)
        kind, owner = cell.field.type, self._threads.get(number & -_LINE)
        if cell.field.name == "word" and kind == Int(_WORD, signed=True) and number >= _LINE and owner is not None:
            flags = number & (_LINE - 1)
            return Value(f"{owner} | {flags}" if flags else owner, number)
        if cell.field.name == "word" and number >> READERS > 0:
            return Value(_readers(number), number)
        return self.argument(kind, number)

    def argument(self, kind: object, number: int) -> Value:
        """A value of a type of the language."""
        return Value(self._text(kind, number), number)

    def _text(self, kind: object, number: int) -> str:
        if isinstance(kind, Ref):
            return self._starts.get(number, str(number)) if number else "NULL"
        numbers = self.system.image.numbers
        if isinstance(kind, Func) and 0 < number < len(numbers):
            return str(getattr(numbers[number], "name", number))
        if isinstance(kind, Handle) and 0 <= number < len(self.system.devices):
            return self.system.devices[number].name
        return str(number)

    def thing(self, kind: str, number: int) -> Value:
        """An "irq", a "context" or a "device". Vectors are called the same on all CPUs."""
        system = self.system
        things = {"irq": system.irqs, "context": system.contexts, "device": system.devices}
        names = [each.name for each in things[kind]]  # type: ignore[attr-defined]
        if not 0 <= number < len(names):
            return Value(str(number), number)
        name = names[number]
        return Value(name.rpartition("/")[0] if kind == "irq" and number >= system.ipi_base else name, number)

    # ---- and back

    def number_of(self, text: str) -> int | None:
        """The number of a value: numbers, constants and statics, with `|` between them. None if one is not known."""
        parts = [self._term(each) for each in text.split(" | ")]
        known = [each for each in parts if each is not None]
        if len(known) < len(parts):
            return None
        total = 0
        for each in known:
            total |= each
        return total

    def _term(self, text: str) -> int | None:
        if text.endswith((" reader", " readers")):
            count = text.partition(" ")[0]
            return int(count) << READERS if count.isdigit() else None
        if text.removeprefix("-").isdigit():
            return int(text)
        return self._known.get(text, self._known.get(f"IPL_{text}"))

    def find(self, place: str, cpu: int) -> list[int]:
        """The addresses of the words that code on `cpu` can mean by a place."""
        return [address for address in self._cells if same_place(place, self.place(address, cpu))]

    def irq(self, name: str, cpu: int, route: Sequence[int]) -> int | None:
        """The irq of that name that is delivered to `cpu`, if each goes where `route` says."""
        irqs = range(len(self.system.irqs))
        return next((n for n in irqs if route[n] == cpu and self.thing("irq", n).text == name), None)

    def device(self, name: str) -> int | None:
        """The device of that name."""
        return next((n for n, each in enumerate(self.system.devices) if each.name == name), None)

    def called(self, drawn: str, actual: str) -> bool:
        """Whether a function that is drawn under one name is the one of the other name: `mutex_enter` is several."""
        return drawn == actual or actual in _VARIANTS.get(drawn, ())

    @property
    def per_cpu(self) -> frozenset[str]:
        """The names of the statics of which every CPU has its own."""
        data = self.system.image.data
        return frozenset(data.name(obj) for obj in data.per_cpu)

    # ---- the words of memory

    def _name_statics(self) -> None:
        """Those with a name first, then what they refer to, and so on. Threads last: they refer to what they are on."""
        image = self.system.image
        left = {image.address_of(obj): obj for obj in image.data.statics}
        known = image.data.names
        names = {at: "_".join(known[id(obj)].split()) for at, obj in left.items() if id(obj) in known}
        threads = {at: name for at, name in names.items() if isinstance(left[at], Lwp)}
        for first in ({at: name for at, name in names.items() if at not in threads}, threads):
            found = first
            while found:
                for at, name in found.items():
                    self._walk(struct_of(type(left.pop(at))), at, name, -1)
                found = {at: name for at, name in self._referred().items() if at in left and at not in names}
        for at, obj in left.items():
            self._walk(struct_of(type(obj)), at, image.data.name(obj), -1)

    def _referred(self) -> dict[int, str]:
        """What the words that have a name refer to, and the name of the first that does."""
        found: dict[int, str] = {}
        for address, cell in self._cells.items():
            if isinstance(cell.field.type, Ref):
                found.setdefault(self.system.image.memory[address], cell.name)
        return found

    def _name_per_cpu(self) -> None:
        image = self.system.image
        for obj in image.data.per_cpu:
            for field in struct_of(type(obj)).fields.values():
                for cpu in range(image.data.cpus if field.guard != "stat" else 0):
                    at = image.address_of(obj, field.name, cpu=cpu)
                    self._field(field, at, f"{image.data.name(obj)}.{field.name}", cpu)

    def _walk(self, struct: Struct, at: int, name: str, cpu: int) -> None:
        self._starts.setdefault(at, name)
        if struct.cls is Lwp:
            self._threads[at] = name
        self._addresses.setdefault(name, at)
        offsets = self.system.image.data.words.offsets(struct)
        for field_name, offset in offsets.items():
            self._field(struct.fields[field_name], at + offset, f"{name}.{field_name}", cpu)

    def _field(self, field: Field, at: int, name: str, cpu: int) -> None:
        words = self.system.image.data.words
        if isinstance(field.type, Array):
            kind: Type = field.type.item
            for n in range(words.length(field.type)):
                self._field(Field(field.name, kind, field.guard), at + n * words.stride(kind), f"{name}[{n}]", cpu)
        elif isinstance(field.type, Struct):
            self._walk(field.type, at, name, cpu)
        else:
            self._cells[at] = Cell(name, field, cpu)


def _constants(system: System) -> Iterator[tuple[str, int]]:
    """The constants that the program's text names."""
    for function in system.image.functions:
        for name, value in function.tree.func.__globals__.items():
            if type(value) is int and name.isupper():
                yield name, value


def _readers(number: int) -> str:
    """The word of a lock that is held to read."""
    count, flags = number >> READERS, number & ((1 << READERS) - 1)
    held = f"{count} reader{'s' if count > 1 else ''}"
    return f"{held} | {flags}" if flags else held
