"""What a move depends on."""

from __future__ import annotations

from splx.check.search import Search
from splx.lang.kernel import inline


@inline
def look(s: Search, part: int) -> None:
    """What the move does depends on a part."""
    if s.is_looked[part] == 0:
        s.is_looked[part] = 1
        s.looked[s.n_looked] = part
        s.n_looked = s.n_looked + 1
