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
    """Who uses which word, and which words are locks."""

    arrays: tuple[bytes, ...]
    n_locks: int

    @classmethod
    def of(cls, buffer: Buffer[Search]) -> Hands:
        """What a search knows."""
        return cls(tuple(bytes(buffer.field_bytes(name)) for name in _ARRAYS), buffer.view().n_locks)

    def tell(self, buffer: Buffer[Search]) -> None:
        """Tell a search that has not begun."""
        for name, each in zip(_ARRAYS, self.arrays, strict=True):
            buffer.field_bytes(name)[:] = each
        buffer.view().n_locks = self.n_locks
