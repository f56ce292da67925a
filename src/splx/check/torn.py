"""Changes torn apart: somebody writes a word between the read and the write of one who changes it.

What is written is lost then. Two CPUs that do so are seen where both are about to access, see `races`; an interrupt of
the same CPU, or a thread that took its place, is seen here. The word is not marked atomic, and the change is in the
text of users; see `changes` for the three kinds. A variable of which each CPU has its own is
a word of the CPU that both are on.

To compute a word anew from what it was, or to move it, is torn apart where somebody writes it while whoever does so
does not run. Of a move that counts if the word becomes another one, and not the constant that is about to be written.
Adding a constant, and taking a word, is torn apart where the write comes and the word is not what was read: so it is no
loss if in between it was changed and put back. Nor is it one if who takes a word, and whoever came between, wrote the
same constant. See `steps.is_lost`.
"""

from __future__ import annotations

from splx.check.addresses import address_of
from splx.check.look import look
from splx.check.search import Search, Writes
from splx.machine.constants import ADDRESS_SHIFT, IN_USE

TORN = 63  # among the machine's findings: it is none of them


def torn(s: Search, c: int, ctx: int, address: int, before: int, after: int) -> bool:
    """Whether context `ctx` on CPU `c` has written a word, from `before` to `after`, that another context, which does
    not run, is about to write after it has read it.
    """
    st = s.machine.state
    found = False
    for other in range(s.n_ctxs):
        if other != ctx and not found:
            look(s, other)
            if st.status[other] == IN_USE and (st.runs_on[other] < 0 or st.runs_on[other] == c):
                store = s.between[st.pc[other]]
                private = store != 0 and (s.writes[store] == Writes.PRIVATE or s.writes[store] == Writes.FIXED)
                if private and not is_here(s, c, ctx, other):
                    store = 0  # it writes the word of another CPU
                if store != 0 and address_of(s, c, other, store, s.writes[store]) == address:
                    constant = (s.machine.tables.code[store].b ^ 0x8000) - 0x8000
                    becomes_another = after != before
                    if s.moved[store] == 0 or (becomes_another and after != constant):
                        found = True
                        s.torn = other
    return found


def is_here(s: Search, c: int, ctx: int, other: int) -> bool:
    """Whether a context that does not run lies beneath the one that CPU `c` runs, or is of a thread that ran there."""
    at = s.machine.state.below[ctx]
    while at >= 0:
        look(s, at)
        if at == other:
            return True
        at = s.machine.state.below[at]
    if s.status_at[s.group[other]] == 0:
        return False
    cpu = s.status_at[s.group[other]] + s.cpu_after
    look(s, s.first_line + (cpu >> ADDRESS_SHIFT))
    return s.machine.state.mem[cpu] == c
