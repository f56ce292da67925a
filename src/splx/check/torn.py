"""Additions torn apart: somebody writes a word between the read and the write of one who changes it.

What is written is lost then. Two CPUs that do so are seen where both are about to access, see `races`; an interrupt of
the same CPU, or a thread that took its place, is seen here: when it writes a word that is not marked atomic, and what
it lies on, or what is not running, stands within a read-modify-write of that word. Only those in the text of users
count: `count += 1`, or what is read into a local variable, computed with and written back.
"""

from __future__ import annotations

from splx.check.addresses import address_of
from splx.check.look import look
from splx.check.search import Search
from splx.machine.constants import IN_USE

TORN = 63  # among the machine's findings: it is none of them


def torn(s: Search, c: int, ctx: int, address: int) -> bool:
    """Whether context `ctx` on CPU `c` has written a word that another context, which does not run, is about to write
    after it has read it.
    """
    st = s.machine.state
    found = False
    for other in range(s.n_ctxs):
        if other != ctx and not found:
            look(s, other)
            if st.status[other] == IN_USE and (st.runs_on[other] < 0 or st.runs_on[other] == c):
                store = s.between[st.pc[other]]
                if store != 0 and address_of(s, c, other, store, s.writes[store]) == address:
                    found = True
                    s.torn = other
    return found
