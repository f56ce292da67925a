"""A context that spins for a lock which is held beneath it, on its own CPU: nobody can let go of it any more.

Seen in the state itself, whatever else goes on, and as soon as it comes about: no graph is needed, and the story ends
there. It takes knowing who holds a lock; see `holders`.
"""

from __future__ import annotations

from splx.check.look import look
from splx.check.search import Search
from splx.machine.constants import ADDRESS_SHIFT

HELD = 62  # among the machine's findings: it is none of them


def held_beneath(s: Search, c: int, ctx: int) -> bool:
    """Whether the lock whose word the running context `ctx` of CPU `c` has read last is held by what it lies on."""
    at = s.holder_at[s.last_read]
    if at == 0:
        return False
    look(s, s.first_line + (at >> ADDRESS_SHIFT))
    st = s.machine.state
    held = st.mem[at]
    if s.n_holders == 0:
        return held == c + 1 and st.below[ctx] >= 0
    if held <= 0 or held >= s.n_holders or s.holder_ctx[held] == 0:
        return False
    at_ctx = ctx
    while at_ctx >= 0:
        look(s, at_ctx)
        if at_ctx == s.holder_ctx[held] - 1:
            return True
        at_ctx = st.below[at_ctx]
    return False
