"""What travels from one round of threaded code to the next, and in which form: see `threaded`.

Scalars and references travel as they are. A field that is a place in an array (`marks.counting`) travels as the address
of that item: an entry needs no multiplication then, and an item behind the one at hand is a constant away. LLVM makes
one of the two of the other wherever it is needed, and that is mostly nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splx.lang import tree
from splx.lang.native.places import load, store, struct_of
from splx.lang.native.types import quoted, value_type
from splx.lang.types import Array, Ref, Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splx.lang.native.body import Body
    from splx.lang.types import Type


@dataclass(frozen=True, slots=True)
class Baggage:
    """The locals and fields that travel. `kept` is the parameter whose fields these are."""

    function: tree.Function
    locals: Mapping[str, Type]
    kept: tree.Param | None
    fields: tuple[str, ...]
    counts: Mapping[str, str]

    def __len__(self) -> int:
        """How many values travel."""
        return sum(1 for _ in self._items())

    def params(self) -> str:
        """The parameters of an entry."""
        return ", ".join(f"{kind} {name}" for kind, name in self._items())

    def unpack(self, body: Body) -> None:
        """Put into place what has come along."""
        for each, kind in self.locals.items():
            if self.kept is None or each != self.kept.name:
                body.do(f"store {value_type(kind)} {named(each)}, ptr {body.slot(each, kind)}")
        if self.kept is None:
            return
        layout = body.unit.layouts.of(struct_of(self.kept.type))
        body.do(f"store ptr {body.reserve(layout.size, layout.align)}, ptr {body.slot(self.kept.name, self.kept.type)}")
        for each in self.fields:
            store(body, self._field(each), self._arrived(body, each))

    def pack(self, body: Body) -> str:
        """The arguments for the next entry."""
        return ", ".join(f"{kind} {value}" for kind, value in self._given(body))

    def _given(self, body: Body) -> Iterator[tuple[str, str]]:
        for each, kind in self.locals.items():
            own = self.kept is not None and each == self.kept.name
            yield (
                value_type(kind),
                named(each) if own else body.let(f"load {value_type(kind)}, ptr {body.slot(each, kind)}"),
            )
        for each in self._travelling():
            value = load(body, self._field(each))
            if each in self.counts:
                start, shift = self._start(body, each)
                value = body.let(f"add i64 {body.let(f'shl i64 {value}, {shift}')}, {start}")
            yield value_type(self._field(each).type), value

    def _arrived(self, body: Body, field: str) -> str:
        """The value of a field that has come along."""
        local = self._local_for(field)
        value = named(self._name(field)) if local is None else body.let(f"ptrtoint ptr {named(local)} to i64")
        if field not in self.counts:
            return value
        start, shift = self._start(body, field)
        return body.let(f"ashr exact i64 {body.let(f'sub i64 {value}, {start}')}, {shift}")

    def _start(self, body: Body, field: str) -> tuple[str, int]:
        """Where the array of a counting field begins, and the size of its items as a shift."""
        first = self.function.params[0]
        slot = body.unit.layouts.walk(struct_of(first.type), self.counts[field])
        assert isinstance(slot.type, Array), slot
        size = body.unit.layouts.extent(slot.type.item).size
        if size & (size - 1):
            raise TypeError(f"items of `{self.counts[field]}` have {size} bytes, which is no power of two")
        home = body.let(f"load ptr, ptr {body.slot(first.name, first.type)}")
        home = body.let(f"ptrtoint ptr {home} to i64")
        return body.let(f"add i64 {home}, {slot.offset}"), size.bit_length() - 1

    def _local_for(self, field: str) -> str | None:
        """The local that refers to the item that a counting field is the place of, if there is one."""
        if field not in self.counts:
            return None
        kind: Type = self.function.params[0].type
        for name in self.counts[field].split("."):
            kind = struct_of(kind).fields[name].type
        assert isinstance(kind, Array), kind
        if not isinstance(kind.item, Struct):
            return None
        return next((name for name, each in self.locals.items() if each == Ref(kind.item)), None)

    def _travelling(self) -> Iterator[str]:
        return (each for each in self.fields if self._local_for(each) is None)

    def _items(self) -> Iterator[tuple[str, str]]:
        """LLVM type and name of each value that travels."""
        for each, kind in self.locals.items():
            yield value_type(kind), named(each)
        for each in self._travelling():
            yield value_type(self._field(each).type), named(self._name(each))

    def _name(self, field: str) -> str:
        assert self.kept is not None
        return f"{self.kept.name}.{field}"

    def _field(self, name: str) -> tree.FieldPlace:
        assert self.kept is not None
        return field_of(tree.Local(self.kept.name, self.kept.type, self.function.span), name)


def field_of(item: tree.Expression, name: str) -> tree.FieldPlace:
    """The place of a field of what `item` refers to."""
    kind = struct_of(item.type).fields[name].type
    return tree.FieldPlace(item, (tree.Step(name, None, kind),), kind, item.span)


def named(name: str) -> str:
    """The LLVM name of a parameter or local."""
    return f"%{quoted(name)}"
