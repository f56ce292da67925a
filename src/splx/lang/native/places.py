"""Places: addresses, loads and stores of fields as LLVM text.

Constant steps add up to one byte offset; each variable index is one pointer step of the item's stride. Both are marked
`inbounds`: an index outside its array is a mistake that plain Python reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splx.lang.layout import SLICE_LENGTH_AT
from splx.lang.native.types import align_of, memory_type
from splx.lang.types import Array, Bool, Int, Ref, Slice, Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splx.lang.layout import Layout
    from splx.lang.native.body import Body
    from splx.lang.tree import Expression, FieldPlace, Step
    from splx.lang.types import Type


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is: a base operand plus constant bytes, its type, and the alias tag of its accesses."""

    base: str
    offset: int
    type: Type
    tag: str
    pointer: str = ""


def address_of(body: Body, place: FieldPlace) -> Address:
    """Emit the way to `place`; `pointer` of the result is the operand to use."""
    at = Address(body.value(place.base), 0, struct_of(place.base.type), "")
    for step in place.steps:
        at = _field(body, at, step) if step.field is not None else _item(body, at, body.value(_index(step)))
    return _fixed(body, at)


def load(body: Body, place: FieldPlace) -> str:
    """Emit the load of a scalar; returns the value, extended."""
    at = address_of(body, place)
    raw = body.let(f"load {memory_type(at.type)}, ptr {at.pointer}, align {align_of(at.type)}{at.tag}")
    if isinstance(at.type, Bool):
        return body.let(f"icmp ne i8 {raw}, 0")
    assert isinstance(at.type, Int), at.type
    if at.type.bits == 64:
        return raw
    return body.let(f"{'sext' if at.type.signed else 'zext'} {memory_type(at.type)} {raw} to i64")


def length_of(body: Body, place: FieldPlace) -> str:
    """Emit the load of the number of items of a slice."""
    at = address_of(body, place)
    length = body.let(f"getelementptr inbounds nuw i8, ptr {at.pointer}, i64 {SLICE_LENGTH_AT}")
    return body.let(f"load i64, ptr {length}, align 8{at.tag}")


def store(body: Body, place: FieldPlace, operand: str) -> None:
    """Emit the store of a scalar value, truncated to the field."""
    at = address_of(body, place)
    kind = memory_type(at.type)
    if isinstance(at.type, Bool):
        operand = body.let(f"zext i1 {operand} to i8")
    elif kind != "i64":
        operand = body.let(f"trunc i64 {operand} to {kind}")
    body.do(f"store {kind} {operand}, ptr {at.pointer}, align {align_of(at.type)}{at.tag}")


def copy_fields(body: Body, layout: Layout, names: Iterable[str], start: str, to: str) -> None:
    """Emit the copy of fields of a struct, one by one: the gaps between them need no memory then."""
    for slot in (layout.slots[name] for name in names):
        whence, where = (body.let(f"getelementptr inbounds nuw i8, ptr {at}, i64 {slot.offset}") for at in (start, to))
        if isinstance(slot.type, (Int, Bool)):
            kind, rest = (
                memory_type(slot.type),
                f"align {align_of(slot.type)}{body.unit.tags.of(layout.struct, slot.name)}",
            )
            body.do(f"store {kind} {body.let(f'load {kind}, ptr {whence}, {rest}')}, ptr {where}, {rest}")
        else:
            body.unit.declare("declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)")
            body.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {where}, ptr {whence}, i64 {slot.size}, i1 false)")


def struct_of(kind: Type) -> Struct:
    """The struct that a value of type `kind` is, or refers to."""
    found = kind.struct if isinstance(kind, Ref) else kind
    assert isinstance(found, Struct), kind
    return found


def _index(step: Step) -> Expression:
    assert step.index is not None
    return step.index


def _field(body: Body, at: Address, step: Step) -> Address:
    assert step.field is not None
    struct = struct_of(at.type)
    slot = body.unit.layouts.of(struct).slots[step.field]
    return Address(at.base, at.offset + slot.offset, slot.type, body.unit.tags.of(struct, step.field))


def _item(body: Body, at: Address, index: str) -> Address:
    if isinstance(at.type, Slice):
        where = _fixed(body, at).pointer
        at = Address(body.let(f"load ptr, ptr {where}, align 8{at.tag}"), 0, Array(at.type.item, 0), "")
    assert isinstance(at.type, Array), at.type
    item = at.type.item
    stride = body.unit.layouts.extent(item).size
    if index.isdigit():
        return Address(at.base, at.offset + stride * int(index), item, at.tag)
    start = _fixed(body, at).pointer
    moved = body.let(f"getelementptr inbounds [{stride} x i8], ptr {start}, i64 {index}")
    return Address(moved, 0, item, at.tag)


def _fixed(body: Body, at: Address) -> Address:
    """The same place with its constant offset spent."""
    if at.offset == 0:
        return Address(at.base, 0, at.type, at.tag, at.base)
    moved = body.let(f"getelementptr inbounds nuw i8, ptr {at.base}, i64 {at.offset}")
    return Address(moved, 0, at.type, at.tag, moved)
