"""How the types of the language look to LLVM, and which memory accesses can never meet.

A value in an expression is `i64`, `i1` or `ptr`; a field in memory is `i8` to `i64`. Since every scalar is reached
through the struct class and the field that hold it, two accesses through different fields never touch the same byte.
Saying so (type-based alias analysis, one leaf per class and field) lets LLVM keep a decoded instruction in registers
over a store to a register file. Items of a host's slice carry no such promise: they may lie anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.lang.types import Bool, Int, Ref, Struct, Unit

if TYPE_CHECKING:
    from splx.lang.types import Type


def value_type(kind: Type) -> str:
    """The LLVM type of a value of type `kind` in an expression, a parameter or a result."""
    if isinstance(kind, Int):
        return "i64"
    if isinstance(kind, Bool):
        return "i1"
    if isinstance(kind, (Ref, Struct)):
        return "ptr"
    if isinstance(kind, Unit):
        return "void"
    raise TypeError(f"{kind} is not a value of engine code")


def memory_type(kind: Type) -> str:
    """The LLVM type of a scalar field."""
    return f"i{kind.bits}" if isinstance(kind, Int) else "i8"


def align_of(kind: Type) -> int:
    """The alignment of a scalar field in bytes."""
    return kind.bits // 8 if isinstance(kind, Int) else 1


class AliasTags:
    """The metadata nodes of type-based alias analysis, numbered as they are asked for."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[Struct, str], int] = {}

    def of(self, struct: Struct, field: str) -> str:
        """The suffix of a load or store of `field` of `struct`."""
        number = self._nodes.setdefault((struct, field), len(self._nodes))
        return f", !tbaa !{2 + 2 * number}"

    def text(self) -> str:
        """All nodes. Node 0 is the root; every field has a type node and an access tag."""
        lines = ['!0 = !{!"fields"}']
        for (struct, field), number in self._nodes.items():
            leaf = 1 + 2 * number
            name = quoted(f"{struct.cls.__module__}.{struct.cls.__qualname__}.{field} {number}")
            lines += [f"!{leaf} = !{{!{name}, !0, i64 0}}", f"!{leaf + 1} = !{{!{leaf}, !{leaf}, i64 0}}"]
        return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """`text` as a quoted LLVM name or string."""
    safe = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "." for c in text)
    return f'"{safe}"'
