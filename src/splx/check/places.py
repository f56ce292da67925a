"""The words of a program, by the class and the field that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lang.struct import struct_of
from splx.lang.types import Array, Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.lang.types import Type
    from splx.scenario.system import System


def fields_of(system: System) -> Iterator[tuple[type, str, int]]:
    """Class, field, and address of every word; those of an array one by one."""
    data = system.image.data
    for obj in data.statics:
        yield from _of_struct(system, struct_of(type(obj)), data.address(obj))
    for obj in data.per_cpu:
        for name, field in struct_of(type(obj)).fields.items():
            if field.guard != "stat":
                for cpu in range(system.cpus):
                    yield from _of_type(system, type(obj), name, field.type, data.address(obj, (name,), cpu))


def _of_struct(system: System, struct: Struct, at: int) -> Iterator[tuple[type, str, int]]:
    for name, offset in system.image.data.words.offsets(struct).items():
        yield from _of_type(system, struct.cls, name, struct.fields[name].type, at + offset)


def _of_type(system: System, cls: type, name: str, kind: Type, at: int) -> Iterator[tuple[type, str, int]]:
    words = system.image.data.words
    if isinstance(kind, Struct):
        yield from _of_struct(system, kind, at)
    elif isinstance(kind, Array):
        for n in range(words.length(kind)):
            yield from _of_type(system, cls, name, kind.item, at + n * words.stride(kind.item))
    else:
        yield cls, name, at
