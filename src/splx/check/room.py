"""Memory for long tables: zero at first, and there only once it is written."""

from __future__ import annotations

import mmap
from typing import TypeAlias

Words: TypeAlias = "memoryview[int]"

LARGE = 1 << 18  # words from which on large pages are worth asking for


def zeros(length: int) -> Words:
    """That many words."""
    block = mmap.mmap(-1, 8 * max(1, length))
    if length >= LARGE and hasattr(mmap, "MADV_HUGEPAGE"):
        block.madvise(mmap.MADV_HUGEPAGE)
    return memoryview(block).cast("q")


def longer(old: Words, length: int) -> Words:
    """The same words, and zeros up to `length`."""
    fresh = zeros(length)
    fresh[: len(old)] = old
    return fresh
