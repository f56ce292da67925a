"""In which order locks are taken: noted while a search goes on, beside the states.

Whenever a word that says who holds a lock comes to name somebody, each lock that is held then by them, or by what they
lie on, has been held while another was taken. What was held by what lies beneath cannot be given back before they are
through: that is the order by way of an interrupt. Each is noted once, with the state and the move in which it was seen
first. What is noted follows from what the move looks at, so moves that are remembered need not be made again for it.

No order are those among the locks of one object, such as a sleeping lock and the spin lock within it, and what is only
tried.
"""

from __future__ import annotations

from splx.check.buffers import seen_word
from splx.check.intern import mix
from splx.check.look import look
from splx.check.search import GROUPS, ORDERS, PENDING, Search
from splx.lang.kernel import inline
from splx.lang.wide import bit
from splx.machine.constants import ADDRESS_SHIFT

FREE = -1  # who holds a lock: nobody, or a group, or
CPU = 64  # a CPU, from here on
SOMEBODY = 63  # who of a CPU is not known here
IDLE = 62  # the group of idle threads, which hold nothing
FLAGS = 7  # the low bits of a reference
#: what was taken | with what held << 6 | by whom << 12 | on which CPU << 18 | held by whom << 24 | where they are << 30
PC_SHIFT = 30
CODE = (1 << PC_SHIFT) - 1


def in_order(s: Search, c: int, ctx: int, address: int, before: int) -> None:
    """The word at `address`, which says who holds a lock, was `before` and has been written by `ctx` on CPU `c`."""
    k = s.ordered[address] - 1
    holder = says(s, seen_word(s, c, address))
    if holder == FREE or holder == says(s, before) or holder >= CPU + s.machine.tables.n_cpus:
        return
    me = s.group[ctx]
    here = holder == me or holder == CPU + c
    who = me if here else holder
    pile = pile_of(s, ctx) if here else bit(who)
    held = 0
    for j in range(s.n_ordered):
        if s.ordered_of[j] != s.ordered_of[k] and holds(s, c, j, pile, here):
            held = held | bit(j)
    for j in range(s.n_ordered):
        if (held & bit(j)) != 0:
            add(s, c, ctx, k, j, who, pile, held)


def says(s: Search, word: int) -> int:
    """Whom a word names: a group, CPU + a CPU, or FREE."""
    if s.n_holders > 0:
        return s.group[s.holder_ctx[word] - 1] if word > 0 and word < s.n_holders and s.holder_ctx[word] != 0 else FREE
    if word > 0 and word <= s.machine.tables.n_cpus:
        return CPU + word - 1
    if word <= FLAGS:
        return FREE
    for group in range(GROUPS):
        if s.status_at[group] == (word & ~FLAGS) + s.status_offset:
            return group
    return FREE


def pile_of(s: Search, ctx: int) -> int:
    """The groups, as bits, of a context and of all that it lies on."""
    found = bit(s.group[ctx])
    at = s.machine.state.below[ctx]
    while at >= 0:
        look(s, at)
        found = found | bit(s.group[at])
        at = s.machine.state.below[at]
    return found


@inline
def holds(s: Search, c: int, j: int, pile: int, here: bool) -> bool:
    """Whether lock `j` is held by one of the groups of a pile, which is on CPU `c` if it is `here`."""
    look(s, s.first_line + (s.ordered_at[j] >> ADDRESS_SHIFT))
    holder = says(s, seen_word(s, c, s.ordered_at[j]))
    if holder >= CPU:
        return here and holder == CPU + c
    return holder >= 0 and (pile & bit(holder)) != 0


def add(s: Search, c: int, ctx: int, k: int, j: int, who: int, pile: int, held: int) -> None:
    """Lock `k` was taken with `j` held. Who of a pile holds it a CPU's number does not say: what lies beneath is."""
    if s.n_pending == PENDING:
        s.orders_lost = 1
        return
    holder = says(s, seen_word(s, c, s.ordered_at[j]))
    pc = 0
    if holder >= CPU:
        holder = who
        if (pile & ~(bit(who) | bit(IDLE))) != 0:
            holder = SOMEBODY
            pc = where_beneath(s, ctx, who)
    n = s.n_pending
    s.pending_who[n] = 1 << 60 | pc << PC_SHIFT | holder << 24 | c << 18 | who << 12 | j << 6 | k
    s.pending_held[n] = held
    s.n_pending = n + 1


def where_beneath(s: Search, ctx: int, who: int) -> int:
    """Where the first context of another group is that a context lies on."""
    at = ctx
    while at >= 0 and s.group[at] == who:
        at = s.machine.state.below[at]
    return s.machine.state.pc[at] if at >= 0 else 0


def keep_orders(s: Search, state: int, move: int) -> None:
    """The move at hand happens: note what was seen in it, unless it has been seen before."""
    for n in range(s.n_pending):
        at = mix(s.pending_who[n], s.pending_held[n]) & (ORDERS - 1)
        while s.order_who[at] != 0 and (s.order_who[at] != s.pending_who[n] or s.order_held[at] != s.pending_held[n]):
            at = (at + 1) & (ORDERS - 1)
        if s.order_who[at] == 0:
            if s.n_orders * 4 > ORDERS * 3:
                s.orders_lost = 1
            else:
                s.order_who[at] = s.pending_who[n]
                s.order_held[at] = s.pending_held[n]
                s.order_state[at] = state
                s.order_move[at] = move
                s.n_orders = s.n_orders + 1
        elif s.order_state[at] < 0:
            s.order_state[at] = state
            s.order_move[at] = move
    s.n_pending = 0


def last_order(s: Search) -> int:
    """The last state in which an order was seen first."""
    last = -1
    for at in range(ORDERS):
        if s.order_who[at] != 0:
            last = max(last, s.order_state[at])
    return last


def forget_orders(s: Search, kept: int) -> None:
    """States from `kept` on are to be forgotten, and looked at again: so are orders that were seen there first."""
    for at in range(ORDERS):
        if s.order_who[at] != 0 and s.order_state[at] >= kept:
            s.order_state[at] = -1
