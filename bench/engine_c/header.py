"""`machine.h` for one size class: the machine's memory as C structs, and the names of its small numbers.

A C compiler lays structs out by the same rule as `splx.lang.layout`; assertions in the header hold it to that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lang.layout import layouts_for
from splx.lang.struct import struct_of
from splx.lang.types import Array, Bool, Int, Slice, Struct
from splx.machine import constants, costs, devices, dist, latency, ops_device, run, state
from splx.machine.table import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.lang.layout import Layouts
    from splx.lang.sizes import Sizes
    from splx.lang.types import Type

KEYWORDS = {"auto", "register", "default", "short", "long", "int", "double"}
ENUMS = (constants.Mode, constants.Stop, constants.Status, constants.Finding, constants.Kind, constants.DevReg,
         constants.Mark, constants.Event, costs.Transfer, costs.Account)  # fmt: skip
PLACES = (constants, costs, devices, dist, latency, ops_device, run, state)


def machine_header(sizes: Sizes) -> str:
    """The text of the header."""
    layouts = layouts_for(sizes)
    parts = [
        "/* Generated from splx.machine for one size class. */",
        "#ifndef MACHINE_H\n#define MACHINE_H\n#include <stddef.h>\n#include <stdint.h>\n",
        *(f"#define {name} INT64_C({value})" for name, value in {**sizes, **_plain_numbers()}.items()),
        *(f"enum {{ {', '.join(names)} }};" for names in _enumerations()),
        *_structs(struct_of(state.Machine), layouts, {}),
        "#endif\n",
    ]
    return "\n".join(parts)


def _plain_numbers() -> dict[str, int]:
    """The module-level integers that engine code uses by name."""
    found = {}
    for module in PLACES:
        for name, value in vars(module).items():
            if name.isupper() and type(value) is int:
                found[name] = value
    return found


def _enumerations() -> Iterator[list[str]]:
    for enum in ENUMS:
        yield [f"{enum.__name__}_{member.name} = {int(member)}" for member in enum]
    yield [f"OP_{name} = {row.code}" for name, row in ROWS.items()]


def _structs(struct: Struct, layouts: Layouts, done: dict[Struct, None]) -> Iterator[str]:
    """The C struct of `struct`, those it contains first, each once."""
    for field in struct.fields.values():
        inner = field.type.item if isinstance(field.type, Array) else field.type
        if isinstance(inner, Struct) and inner not in done:
            yield from _structs(inner, layouts, done)
    done[struct] = None
    layout, name = layouts.of(struct), struct.cls.__name__
    fields = " ".join(_declaration(slot.name, slot.type, layouts) for slot in layout.slots.values())
    yield f"typedef struct {name} {{ {fields} }} {name};"
    for slot in layout.slots.values():
        yield f'_Static_assert(offsetof({name}, {_safe(slot.name)}) == {slot.offset}, "{name}.{slot.name}");'
    yield f'_Static_assert(sizeof({name}) == {layout.size}, "{name}");'


def _declaration(name: str, kind: Type, layouts: Layouts) -> str:
    if isinstance(kind, Array):
        return f"{_scalar(kind.item)} {_safe(name)}[{layouts.length(kind)}];"
    if isinstance(kind, Slice):
        return f"struct {{ {_scalar(kind.item)} *at; int64_t length; }} {_safe(name)};"
    return f"{_scalar(kind)} {_safe(name)};"


def _scalar(kind: Type) -> str:
    if isinstance(kind, Int):
        return f"{'' if kind.signed else 'u'}int{kind.bits}_t"
    if isinstance(kind, Bool):
        return "uint8_t"
    assert isinstance(kind, Struct), kind
    return kind.cls.__name__


def _safe(name: str) -> str:
    """A field's name in C, where some are keywords."""
    return f"{name}_" if name in KEYWORDS else name
