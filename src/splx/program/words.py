"""Where the fields of kernel structs lie, in words.

Every field of number, truth value, reference, handle or function is one word. Every struct starts on a cache line, be
it a static, an embedded field or an item of an array: so each reference is a multiple of 8, and its low three bits are
free for flags. Items of arrays of structs are a power of two words apart, so that an index is a shift. Statistics have
no word: they are kept beside the state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic, SplxError
from splx.lang.types import Array, Struct
from splx.program import codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splx.lang.types import Type

LINE = 8


def up(n: int, multiple: int) -> int:
    """`n` rounded up to a multiple."""
    return -(-n // multiple) * multiple


class Words:
    """Sizes and offsets of structs under one set of sizes."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.sizes = sizes
        self._offsets: dict[Struct, dict[str, int]] = {}
        self._words: dict[Struct, int] = {}

    def length(self, array: Array) -> int:
        """How many items an array has. SplxError L0503 if its length is a size that nobody supplied."""
        if isinstance(array.length, int):
            return array.length
        if array.length not in self.sizes:
            message = f"size `{array.length}`, which an array is long, has no number in this system"
            raise SplxError(Diagnostic(codes.NO_VALUE, message, help="give the size when linking"))
        return self.sizes[array.length]

    def stride(self, item: Type) -> int:
        """Words from one item of an array to the next."""
        if not isinstance(item, Struct):
            return 1
        return max(LINE, 1 << (self.of(item) - 1).bit_length())

    def of(self, kind: Type) -> int:
        """Words that a value takes; of a struct, whole lines."""
        if isinstance(kind, Array):
            return self.length(kind) * self.stride(kind.item)
        if isinstance(kind, Struct):
            self.offsets(kind)
            return self._words[kind]
        return 1

    def offsets(self, struct: Struct) -> Mapping[str, int]:
        """Words from the start of a struct to each of its fields, statistics left out.

        What is for assertions alone comes last, so that it moves nothing else to another line.
        """
        known = self._offsets.get(struct)
        if known is None:
            known, at = {}, 0
            for name, field in sorted(struct.fields.items(), key=lambda each: each[1].guard == "ghost"):
                if field.guard != "stat":
                    at = up(at, alignment(field.type))
                    known[name] = at
                    at += self.of(field.type)
            self._offsets[struct] = known
            self._words[struct] = max(LINE, up(at, LINE))
        return known


def alignment(kind: Type) -> int:
    """On which multiple a value starts."""
    if isinstance(kind, Struct) or (isinstance(kind, Array) and isinstance(kind.item, Struct)):
        return LINE
    return 1
