"""The data of a program: where statics lie, what they hold at the start, and what lies where.

0           a line that is never mapped: 0 is NULL
8           the statics, each on lines of its own, in the order in which they were reached
percpu_base the blocks of the CPUs, `percpu_stride` words apart: first the words that other CPUs look at (fields
            declared `atomic()`), on lines of their own, then the private ones
"""

# ruff: noqa: ANN401 - statics and their values are of the users' classes

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from splx.lang.struct import given_values, struct_of
from splx.lang.types import Array, Struct
from splx.program.words import LINE, Words, alignment, up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from splx.lang.types import Type

    Path = Sequence[str | int]
    Encode = Callable[[Any, Type, Any, str], int]


def is_per_cpu(obj: object) -> bool:
    """Whether there is one of it on every CPU."""
    return bool(getattr(type(obj), "__per_cpu__", False))


def embedded(obj: Any) -> Iterator[tuple[str, int | None, Any]]:
    """The structs that lie inside a static and were made with it: field, index in an array or None, object."""
    for name, field in struct_of(type(obj)).fields.items():
        if isinstance(field.type, Struct):
            yield name, None, getattr(obj, name)
        elif isinstance(field.type, Array) and isinstance(field.type.item, Struct):
            for index, item in enumerate(getattr(obj, name)):
                yield name, index, item


class Data:
    """The layout of memory."""

    def __init__(self, words: Words, cpus: int) -> None:
        self.words = words
        self.cpus = cpus
        self.statics: list[Any] = []
        self.per_cpu: list[Any] = []
        self.names: dict[int, str] = {}
        self._addresses: dict[int, int] = {}
        self._offsets: dict[tuple[int, str], int] = {}
        self.percpu_base = self.percpu_stride = LINE
        self.percpu_words = self.visible = 0
        self.size = LINE

    # ---- layout

    def lay_out(self, statics: list[Any]) -> None:
        """Give every static its place. Those that lie inside another one have theirs there."""
        inside = {id(item) for obj in statics for item in _all_embedded(obj)}
        self.statics = [obj for obj in statics if not is_per_cpu(obj) and id(obj) not in inside]
        self.per_cpu = [obj for obj in statics if is_per_cpu(obj)]
        for obj in self.statics:
            self._at(obj, self.size)
            self.size += self.words.of(struct_of(type(obj)))
        self._lay_out_blocks()

    def _at(self, obj: Any, address: int) -> None:
        self._addresses[id(obj)] = address
        struct = struct_of(type(obj))
        offsets = self.words.offsets(struct)
        for name, index, item in embedded(obj):
            kind: Any = struct.fields[name].type
            self._at(item, address + offsets[name] + (index or 0) * self.words.stride(getattr(kind, "item", kind)))

    def _lay_out_blocks(self) -> None:
        """Fields of per-CPU statics: visible ones, others, those for assertions alone, in the order of declaration."""
        at = 0
        for kind in ("atomic", "", "ghost"):
            at = up(at, LINE)
            for obj in self.per_cpu:
                for name, field in struct_of(type(obj)).fields.items():
                    if field.guard != "stat" and kind == (field.guard if field.guard in ("atomic", "ghost") else ""):
                        at = up(at, alignment(field.type))
                        self._offsets[id(obj), name] = at
                        at += self.words.of(field.type)
            if kind == "atomic":
                self.visible = up(at, LINE)
        self.percpu_base = self.size
        self.percpu_words = at
        self.percpu_stride = max(LINE, 1 << max(at - 1, 0).bit_length())
        self.size += self.percpu_stride * self.cpus

    # ---- addresses

    @property
    def every(self) -> Iterator[Any]:
        """The statics that have an address, and what lies in them."""
        for obj in self.statics:
            yield obj
            yield from _all_embedded(obj)

    def holds(self, obj: Any) -> bool:
        """Whether a static has its place here."""
        return id(obj) in self._addresses or any(obj is each for each in self.per_cpu)

    def offset(self, obj: Any, name: str) -> int:
        """Where a field of a per-CPU static lies in a block. KeyError if the static is not linked."""
        return self._offsets[id(obj), name]

    def address(self, obj: Any, path: Path = (), cpu: int = 0) -> int:
        """The address of a static or of something in it."""
        struct = struct_of(type(obj))
        if not is_per_cpu(obj):
            return self._addresses[id(obj)] + self._walk(struct, path)
        name = str(path[0])
        start = self.percpu_base + cpu * self.percpu_stride + self.offset(obj, name)
        return start + self._walk(struct.fields[name].type, path[1:])

    def _walk(self, kind: Type, path: Path) -> int:
        at = 0
        for step in path:
            if isinstance(kind, Array):
                at += int(step) * self.words.stride(kind.item)
                kind = kind.item
            else:
                assert isinstance(kind, Struct)
                at += self.words.offsets(kind)[str(step)]
                kind = kind.fields[str(step)].type
        return at

    # ---- initial words

    def image(self, encode: Encode, per_cpu: Callable[[Any, int], dict[str, Any]]) -> list[int]:
        """All words at the start. `encode` makes a word of a value; `per_cpu` gives what a CPU's static holds."""
        memory = [0] * self.size
        for obj in self.statics:
            self._fill(memory, self._addresses[id(obj)], obj, encode)
        for obj in self.per_cpu:
            fields = struct_of(type(obj)).fields
            for cpu in range(self.cpus):
                start = self.percpu_base + cpu * self.percpu_stride
                for name, value in per_cpu(obj, cpu).items():
                    if fields[name].guard != "stat":
                        at = start + self.offset(obj, name)
                        self._put(memory, at, value, fields[name].type, (obj, name, encode))
        return memory

    def _fill(self, memory: list[int], at: int, obj: Any, encode: Encode) -> None:
        struct = struct_of(type(obj))
        offsets = self.words.offsets(struct)
        for name, value in given_values(obj).items():
            if name in offsets:
                self._put(memory, at + offsets[name], value, struct.fields[name].type, (obj, name, encode))

    def _put(self, memory: list[int], at: int, value: Any, kind: Type, of: tuple[Any, str, Encode]) -> None:
        if isinstance(kind, Array):
            stride = self.words.stride(kind.item)
            for index, item in enumerate(value):
                self._put(memory, at + index * stride, item, kind.item, of)
        elif isinstance(kind, Struct):
            self._fill(memory, at, value, of[2])
        else:
            memory[at] = of[2](value, kind, of[0], of[1])

    # ---- the way back

    def name_of(self, address: int, *, struct: bool = False) -> str:
        """What lies at an address, in the user's words; of a struct only its name if `struct`."""
        if address >= self.percpu_base and address < self.size and self.per_cpu:
            cpu, offset = divmod(address - self.percpu_base, self.percpu_stride)
            return self._name_in_block(cpu, offset)
        starts = [self._addresses[id(obj)] for obj in self.statics]
        at = bisect_right(starts, address) - 1
        if at < 0 or address >= starts[at] + self.words.of(struct_of(type(self.statics[at]))):
            return f"word {address}" if address else "NULL"
        obj = self.statics[at]
        name = self.name(obj)
        if struct and address == starts[at]:
            return name
        return name + self._inside(struct_of(type(obj)), address - starts[at], struct=struct)

    def _name_in_block(self, cpu: int, offset: int) -> str:
        for obj in self.per_cpu:
            for name, field in struct_of(type(obj)).fields.items():
                start = self._offsets.get((id(obj), name))
                if start is not None and start <= offset < start + self.words.of(field.type):
                    rest = self._inside(field.type, offset - start, struct=False)
                    return f"{self.name(obj)}.{name}{rest} on CPU {cpu}"
        return f"word {offset} of CPU {cpu}"

    def _inside(self, kind: Type, offset: int, *, struct: bool) -> str:
        """The path to a word of a value."""
        if isinstance(kind, Array):
            index, rest = divmod(offset, self.words.stride(kind.item))
            return f"[{index}]{self._inside(kind.item, rest, struct=struct)}"
        if not isinstance(kind, Struct) or (struct and offset == 0):
            return ""
        for name, start in reversed(list(self.words.offsets(kind).items())):
            if start <= offset:
                if offset >= start + self.words.of(kind.fields[name].type):
                    break
                return f".{name}{self._inside(kind.fields[name].type, offset - start, struct=struct)}"
        return f"+{offset}"

    def name(self, obj: Any) -> str:
        """What the user calls a static: its name in its module, else its class and address."""
        return self.names.get(id(obj)) or f"{type(obj).__name__}@{self._addresses.get(id(obj), 0)}"


def _all_embedded(obj: Any) -> Iterator[Any]:
    for _, _, item in embedded(obj):
        yield item
        yield from _all_embedded(item)
