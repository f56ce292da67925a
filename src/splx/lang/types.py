"""The types of the language: what a field, a local and a function can be.

Values in expressions are of three kinds only: 64-bit signed integers, truth values, and references to structs.
Widths belong to *fields*: a load extends, a store must fit. That keeps plain Python, native code and the
machine's words in agreement without a rule for every operator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Int:
    """An integer field of `bits` bits (8, 16, 32 or 64). In expressions it is always the 64-bit `I64`."""

    bits: int
    signed: bool

    @property
    def least(self) -> int:
        """The smallest value that fits."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def greatest(self) -> int:
        """The greatest value that fits."""
        return (1 << (self.bits - 1)) - 1 if self.signed else (1 << self.bits) - 1

    def __str__(self) -> str:
        return f"{'i' if self.signed else 'u'}{self.bits}"


@dataclass(frozen=True, slots=True)
class Bool:
    """A truth value; one byte in a native struct, one word in the machine's memory."""

    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True, slots=True)
class Unit:
    """The type of a function that returns nothing."""

    def __str__(self) -> str:
        return "None"


@dataclass(frozen=True, slots=True)
class Array:
    """`length` items of one type in a row. `length` is a number or the name of a `Size`."""

    item: Type
    length: int | str

    def __str__(self) -> str:
        return f"Array[{self.item}, {self.length}]"


@dataclass(frozen=True, slots=True)
class Slice:
    """A pointer and a length: integers in a buffer of the host (recordings, tables). Engine code only."""

    item: Type

    def __str__(self) -> str:
        return f"Slice[{self.item}]"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a struct, with what protects it (`guard`: "", "atomic", "stat", "ghost" or the name of a lock)."""

    name: str
    type: Type
    guard: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Struct:
    """A class with annotated fields. Two struct types are the same when they come from the same class."""

    name: str
    cls: type
    fields: Mapping[str, Field] = field(default_factory=dict)
    per_cpu: bool = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Struct) and other.cls is self.cls

    def __hash__(self) -> int:
        return hash(self.cls)

    def __str__(self) -> str:
        return self.name

    # Fields of struct types refer to one another: a repr of all of them would not end.
    __repr__ = __str__


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a struct; `struct is None` is the type of NULL, which fits every reference."""

    struct: Struct | None

    def __str__(self) -> str:
        return "NULL" if self.struct is None else self.struct.name


@dataclass(frozen=True, slots=True)
class Handle:
    """A small number known when a system is linked: a device, a distribution, a statistic."""

    cls: type

    def __str__(self) -> str:
        return self.cls.__name__


@dataclass(frozen=True, slots=True)
class Func:
    """A function value: a number in the table of functions. `result` is I64, BOOL, UNIT or a reference.

    `params is None` when nothing is said about them (`Func` as an annotation): then every function fits, and a call
    through it may have any arguments and gives a word.
    """

    params: tuple[Type, ...] | None
    result: Type

    def __str__(self) -> str:
        return "Func" if self.params is None else f"({', '.join(map(str, self.params))}) -> {self.result}"


Type: TypeAlias = Int | Bool | Unit | Array | Slice | Struct | Ref | Handle | Func

I64 = Int(64, signed=True)
BOOL = Bool()
UNIT = Unit()
NULL_REF = Ref(None)

# The annotations users write: type checkers see plain `int`, the front end sees the width.
i8: TypeAlias = Annotated[int, Int(8, signed=True)]
i16: TypeAlias = Annotated[int, Int(16, signed=True)]
i32: TypeAlias = Annotated[int, Int(32, signed=True)]
i64: TypeAlias = Annotated[int, Int(64, signed=True)]
u8: TypeAlias = Annotated[int, Int(8, signed=False)]
u16: TypeAlias = Annotated[int, Int(16, signed=False)]
u32: TypeAlias = Annotated[int, Int(32, signed=False)]
