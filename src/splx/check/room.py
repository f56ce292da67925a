"""Memory for long tables: zero at first, and there only once it is written; and why a search ends before its end."""

from __future__ import annotations

import mmap
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from splx.base.memory import blank

Words: TypeAlias = "memoryview[int]"

LARGE = 1 << 18  # words from which on large pages are worth asking for
CGROUP = Path("/sys/fs/cgroup/memory.max")


class OutOfRoom(Exception):  # noqa: N818 - no error: a search ends and says how far it came
    """The next longer table would take more memory than a search may have."""


class Interrupted(Exception):  # noqa: N818 - as above
    """Somebody asked for the end."""


def zeros(length: int) -> Words:
    """That many words. OutOfRoom if the system has none."""
    try:
        block = blank(8 * max(1, length))
    except OSError:
        raise OutOfRoom from None
    advise(block, length)
    return memoryview(block).cast("q")


def advise(block: mmap.mmap, length: int) -> None:
    """Ask for large pages if they are worth it."""
    if length >= LARGE and hasattr(mmap, "MADV_HUGEPAGE"):
        block.madvise(mmap.MADV_HUGEPAGE)


def longer(old: Words, length: int) -> Words:
    """The same words, and zeros up to `length`; as before if the system has no room for more. `old` is no more."""
    block: Any = old.obj
    old.release()
    with suppress(SystemError, OSError):  # no way to move memory, or no memory
        block.resize(8 * length)
        advise(block, length)
        return memoryview(block).cast("q")
    words = memoryview(block).cast("q")
    with suppress(OutOfRoom):
        fresh = zeros(length)
        fresh[: len(words)] = words
        return fresh
    return words


def sane_share() -> int:
    """Bytes that a search takes at most unless told otherwise: half of what the machine, or the container, has."""
    there = 8 << 30
    with suppress(ValueError, OSError, AttributeError):
        there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(ValueError, OSError):
        there = min(there, int(CGROUP.read_text()))
    return there // 2
