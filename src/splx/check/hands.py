"""What a search has seen of who uses which word, from one search to the next; see `owners`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splx.check.search import Search
    from splx.lang.buffer import Buffer

_ARRAYS = ("writer", "user", "writer_locks", "user_locks", "lock_of", "lock_at")


@dataclass(frozen=True, slots=True)
class Hands:
    """Who uses which word, and which words are locks. `bits`: of each part in a row, as they were needed."""

    arrays: tuple[bytes, ...]
    n_locks: int
    bits: tuple[int, ...]

    @classmethod
    def of(cls, buffer: Buffer[Search]) -> Hands:
        """What a search knows."""
        s = buffer.view()
        arrays = tuple(bytes(buffer.field_bytes(name)) for name in _ARRAYS)
        return cls(arrays, s.n_locks, tuple(buffer.array("bits")[: s.n_parts]))

    def tell(self, buffer: Buffer[Search]) -> None:
        """Tell a search that has not begun."""
        for name, each in zip(_ARRAYS, self.arrays, strict=True):
            buffer.field_bytes(name)[:] = each
        buffer.view().n_locks = self.n_locks
