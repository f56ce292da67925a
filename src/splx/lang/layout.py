"""Where every field of a struct lies in memory.

One rule, used by the buffer, the plain proxies and the native back end alike: fields lie in the order they are
declared, each at the next multiple of its own width, little endian; a struct is as aligned as its widest field and
its size is a multiple of that. A truth value takes one byte. A slice takes sixteen: the address of the host's items,
then how many there are. Lengths given as `Size` names are looked up here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from splx.lang.types import Array, Bool, Int, Slice, Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splx.lang.sizes import Sizes
    from splx.lang.types import Type

SLICE_BYTES = 16
SLICE_LENGTH_AT = 8

_FORMATS = {8: "b", 16: "h", 32: "i", 64: "q"}


@dataclass(frozen=True, slots=True)
class Extent:
    """How many bytes a value takes and on which multiple it starts."""

    size: int
    align: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A field at its place: `offset` in bytes from the start of the struct."""

    name: str
    type: Type
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A struct laid out for given sizes; `size` and `align` in bytes."""

    struct: Struct
    size: int
    align: int
    slots: Mapping[str, Slot]


class Layouts:
    """The layouts of all structs under one set of sizes."""

    __slots__ = ("_known", "proxies", "sizes")

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.sizes = sizes
        self._known: dict[Struct, Layout] = {}
        #: what `plain.py` made for each struct under these sizes.
        self.proxies: dict[Struct, Any] = {}

    def of(self, struct: Struct) -> Layout:
        """The layout of `struct`.

        Raises TypeError for a field that only the machine's memory can hold, KeyError for a length without a size.
        """
        found = self._known.get(struct)
        if found is None:
            found = self._known[struct] = self._lay_out(struct)
        return found

    def length(self, array: Array) -> int:
        """The number of items of `array`."""
        return self.sizes[array.length] if isinstance(array.length, str) else array.length

    def extent(self, kind: Type) -> Extent:
        """Size and alignment of a value of type `kind`."""
        if isinstance(kind, Int):
            return Extent(kind.bits // 8, kind.bits // 8)
        if isinstance(kind, Bool):
            return Extent(1, 1)
        if isinstance(kind, Array):
            item = self.extent(kind.item)
            return Extent(item.size * self.length(kind), item.align)
        if isinstance(kind, Slice):
            return Extent(SLICE_BYTES, 8)
        if isinstance(kind, Struct):
            layout = self.of(kind)
            return Extent(layout.size, layout.align)
        raise TypeError(f"a field of type {kind} has no place in the engine's memory")

    def parts(self, struct: Struct) -> set[Struct]:
        """All structs that lie inside `struct`, at any depth."""
        found: set[Struct] = set()
        for slot in self.of(struct).slots.values():
            kind = slot.type
            while isinstance(kind, (Array, Slice)):
                kind = kind.item
            if isinstance(kind, Struct):
                found |= {kind} | self.parts(kind)
        return found

    def walk(self, struct: Struct, path: str) -> Slot:
        """The field at a dotted `path` ("cpu.regs"), with its offset from the start of `struct`.

        Raises KeyError for an unknown field and TypeError for a step into something that is not a struct.
        """
        offset, kind = 0, None
        owner = struct
        for name in path.split("."):
            if kind is not None:
                if not isinstance(kind, Struct):
                    raise TypeError(f"`{name}` of `{path}`: {kind} has no fields")
                owner = kind
            slot = self.of(owner).slots[name]
            offset, kind = offset + slot.offset, slot.type
        assert kind is not None
        return Slot(path, kind, offset, slot.size)

    def slices(self, struct: Struct) -> list[int]:
        """Where the slices of `struct` and of the structs in it lie, in bytes from its start."""
        found: list[int] = []
        for slot in self.of(struct).slots.values():
            if isinstance(slot.type, Slice):
                found.append(slot.offset)
            elif isinstance(slot.type, Struct):
                found += [slot.offset + each for each in self.slices(slot.type)]
        return found

    def _lay_out(self, struct: Struct) -> Layout:
        slots: dict[str, Slot] = {}
        end, align = 0, 1
        for name, field in struct.fields.items():
            extent = self.extent(field.type)
            start = _round_up(end, extent.align)
            slots[name] = Slot(name, field.type, start, extent.size)
            end, align = start + extent.size, max(align, extent.align)
        return Layout(struct, _round_up(end, align), align, slots)


def _round_up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple


@cache
def layouts_for(sizes: Sizes) -> Layouts:
    """The layouts under `sizes`, computed once."""
    return Layouts(sizes)


def items_of(view: memoryview, letter: str) -> memoryview:
    """Bytes seen as items of a format letter."""
    caster: Any = view  # the letter is not a literal
    items: memoryview = caster.cast(letter)
    return items


def format_of(kind: Type) -> str:
    """The `struct` and `memoryview` format letter of a scalar field. TypeError for anything else."""
    if isinstance(kind, Bool):
        return "?"
    if isinstance(kind, Int):
        return _FORMATS[kind.bits] if kind.signed else _FORMATS[kind.bits].upper()
    raise TypeError(f"{kind} is not a scalar")
