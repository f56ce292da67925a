"""Memory that is zero at first, and there only where it is written."""

from __future__ import annotations

import mmap

#: of this process alone: memory that could be shared gets small pages whatever is asked for
OWN = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}


def blank(length: int) -> mmap.mmap:
    """That many bytes, one at least, from the beginning of a page on. OSError if the system has none."""
    return mmap.mmap(-1, length, **OWN)
