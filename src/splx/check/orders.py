"""In which order locks are taken: noted while a search goes on, beside the states.

Whenever a word that says who holds a lock comes to name somebody, each lock that is held then by them, or by what they
lie on, has been held while another was taken. What was held by what lies beneath cannot be given back before they are
through: that is the order by way of an interrupt. Each is noted once, with the state and the move in which it was seen
first. What is noted follows from what the move looks at, so moves that are remembered need not be made again for it.

Of a lock that many may read under the words say how many read, and of a thread how many locks that sleep it has. So who
has more of them than name it has some of those that are read: all of them, if there are no more. `circle` looks at the
run in which it was seen whether it was so.

No order are those among the locks of one object, such as a sleeping lock and the spin lock within it, and what is only
tried. Nor is it noted of a reader to whom the lock was handed, after it had waited.
"""

from __future__ import annotations

from splx.check.buffers import seen_word
from splx.check.intern import mix
from splx.check.look import look
from splx.check.search import GROUPS, ORDERS, PENDING, Search
from splx.kernel.interface.rw import READERS, RW_WRITING
from splx.lang.kernel import inline
from splx.lang.wide import bit
from splx.machine.constants import ADDRESS_SHIFT
from splx.stage.holders import Many

FREE = -1  # who holds a lock: nobody, or a group, or
CPU = 64  # a CPU, from here on
SOMEBODY = 63  # who of a CPU is not known here
IDLE = 62  # the group of idle threads, which hold nothing
FLAGS = 7  # the low bits of a reference
#: what was taken | with what held << 6 | by whom << 12 | on which CPU << 18 | held by whom << 24 | whether it was taken
#: to read << 30 | whether it is not certain that it was held << 31 | where they are << 32
READS = 1 << 30
UNSURE = 1 << 31
PC_SHIFT = 32
PC_MASK = (1 << 60 - PC_SHIFT) - 1
CODE = (1 << PC_SHIFT) - 1


def in_order(s: Search, c: int, ctx: int, address: int, before: int) -> None:
    """The word at `address`, which says who holds a lock, was `before` and has been written by `ctx` on CPU `c`."""
    k = s.ordered[address] - 1
    after = seen_word(s, c, address)
    if s.many[k] == Many.BESIDE and address != s.many_at[k]:
        return  # who means to write has it, and who waits for one who writes
    if s.many[k] != Many.NOT:
        came = who_came(s, k, before, after)
        if came == READS:
            if not is_awaited(s, c, k):  # else it is handed to one who sleeps
                taken(s, c, ctx, k, s.group[ctx], READS)
            return
        if s.many[k] == Many.BESIDE:
            if came != 0:
                s.order_writers[k] = s.order_writers[k] | bit(s.group[ctx])
                taken(s, c, ctx, k, s.group[ctx], 0)
            return
    holder = says(s, k, after)
    if holder == FREE or holder == says(s, k, before) or holder >= CPU + s.machine.tables.n_cpus:
        return
    if s.many[k] != Many.NOT:
        s.order_writers[k] = s.order_writers[k] | bit(holder)
    taken(s, c, ctx, k, holder, 0)


def who_came(s: Search, k: int, before: int, after: int) -> int:
    """Who came in as the word of a lock that many may read under changed: READS one to read, and no writer who reads
    from now on; 1 one to write, where that word says so; else 0.
    """
    if s.many[k] == Many.ABOVE:
        return READS if says(s, k, before) == FREE and after >> READERS == (before >> READERS) + 1 else 0
    if (before & RW_WRITING) != 0:
        return 0
    if (after & RW_WRITING) != 0:
        return 1
    return READS if after & RW_WRITING - 1 == (before & RW_WRITING - 1) + 1 else 0


def is_awaited(s: Search, c: int, k: int) -> bool:
    """Whether a thread sleeps on lock `k`."""
    found = False
    for group in range(GROUPS):
        at = s.status_at[group]
        if at != 0 and not found:
            look(s, s.first_line + (at >> ADDRESS_SHIFT))
            look(s, s.first_line + (at + s.wchan_after >> ADDRESS_SHIFT))
            asleep = (s.sleeps & bit(seen_word(s, c, at))) != 0
            found = asleep and seen_word(s, c, at + s.wchan_after) == s.ordered_of[k]
    return found


def taken(s: Search, c: int, ctx: int, k: int, holder: int, reads: int) -> None:
    """Lock `k` has been taken by a context, or handed on to another group: note what was held then."""
    here = holder == s.group[ctx] or holder == CPU + c
    who = s.group[ctx] if here else holder
    pile = pile_of(s, ctx) if here else bit(who)
    held = 0
    read = 0
    for j in range(s.n_ordered):
        if s.ordered_of[j] != s.ordered_of[k]:
            if holds(s, c, j, pile, here):
                held = held | bit(j)
            elif s.many[j] != Many.NOT and readers(s, c, j) != 0:
                read = read | bit(j)
    shared = read if read != 0 and has_more(s, c, k, pile) else 0
    for j in range(s.n_ordered):
        if (held & bit(j)) != 0:
            add(s, c, ctx, k, j, who, pile, held | shared, shared, reads)
    if shared != 0:
        for group in range(GROUPS):
            more = more_locks(s, c, k, group) if (pile & bit(group)) != 0 else 0
            for j in range(s.n_ordered):
                if more > 0 and (shared & bit(j)) != 0:
                    unsure = reads if bits_in(s, shared) <= more else reads | UNSURE
                    note_order(s, c, k, j, who, group, 0, held | shared, shared, unsure)


@inline
def readers(s: Search, c: int, j: int) -> int:
    """How many read under lock `j`."""
    look(s, s.first_line + (s.many_at[j] >> ADDRESS_SHIFT))
    word = seen_word(s, c, s.many_at[j])
    return word >> READERS if s.many[j] == Many.ABOVE else word & RW_WRITING - 1


def has_more(s: Search, c: int, k: int, pile: int) -> bool:
    """Whether one of some groups has more locks that sleep than name it."""
    found = False
    for group in range(GROUPS):
        found = found or ((pile & bit(group)) != 0 and more_locks(s, c, k, group) > 0)
    return found


def more_locks(s: Search, c: int, k: int, group: int) -> int:
    """How many more locks that sleep the thread of a group has than name it; `k` is taken, and not counted yet."""
    if s.status_at[group] == 0:
        return 0
    at = s.status_at[group] - s.status_offset + s.locks_offset
    look(s, s.first_line + (at >> ADDRESS_SHIFT))
    found = seen_word(s, c, at)
    for j in range(s.n_ordered):
        look(s, s.first_line + (s.ordered_at[j] >> ADDRESS_SHIFT))
        found = found - int(j != k and says(s, j, seen_word(s, c, s.ordered_at[j])) == group)
    return found


def bits_in(s: Search, locks: int) -> int:
    """How many locks there are in a set."""
    found = 0
    for j in range(s.n_ordered):
        found = found + int((locks & bit(j)) != 0)
    return found


def says(s: Search, j: int, word: int) -> int:
    """Whom a word of lock `j` names: a group, CPU + a CPU, or FREE."""
    if s.n_holders > 0:
        return s.group[s.holder_ctx[word] - 1] if word > 0 and word < s.n_holders and s.holder_ctx[word] != 0 else FREE
    if s.of_thread[j] == 0 and word > 0 and word <= s.machine.tables.n_cpus:
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
    holder = says(s, j, seen_word(s, c, s.ordered_at[j]))
    if holder >= CPU:
        return here and holder == CPU + c
    return holder >= 0 and (pile & bit(holder)) != 0


def add(
    s: Search, c: int, ctx: int, k: int, j: int, who: int, pile: int, held: int, shared: int, reads: int
) -> None:  # fmt: skip
    """Lock `k` was taken with `j` held. Who of a pile holds it a CPU's number does not say: what lies beneath is."""
    holder = says(s, j, seen_word(s, c, s.ordered_at[j]))
    pc = 0
    if holder >= CPU:
        holder = who
        if (pile & ~(bit(who) | bit(IDLE))) != 0:
            holder = SOMEBODY
            pc = where_beneath(s, ctx, who)
    note_order(s, c, k, j, who, holder, pc, held, shared, reads)


def note_order(
    s: Search, c: int, k: int, j: int, who: int, holder: int, pc: int, held: int, shared: int, reads: int
) -> None:  # fmt: skip
    """Lock `k` was taken with `j` held, by whom that says."""
    if s.n_pending == PENDING:
        s.orders_lost = 1
        return
    n = s.n_pending
    s.pending_who[n] = 1 << 60 | (pc & PC_MASK) << PC_SHIFT | reads | holder << 24 | c << 18 | who << 12 | j << 6 | k
    s.pending_held[n] = held
    s.pending_shared[n] = shared
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
        at = mix(mix(s.pending_who[n], s.pending_held[n]), s.pending_shared[n]) & (ORDERS - 1)
        while s.order_who[at] != 0 and not is_order(s, at, n):
            at = (at + 1) & (ORDERS - 1)
        if s.order_who[at] == 0:
            if s.n_orders * 4 > ORDERS * 3:
                s.orders_lost = 1
            else:
                s.order_who[at] = s.pending_who[n]
                s.order_held[at] = s.pending_held[n]
                s.order_shared[at] = s.pending_shared[n]
                s.order_state[at] = state
                s.order_move[at] = move
                s.n_orders = s.n_orders + 1
        elif s.order_state[at] < 0:
            s.order_state[at] = state
            s.order_move[at] = move
    s.n_pending = 0


@inline
def is_order(s: Search, at: int, n: int) -> bool:
    """Whether what was seen in the move at hand is what stands there."""
    same = s.order_held[at] == s.pending_held[n] and s.order_shared[at] == s.pending_shared[n]
    return same and s.order_who[at] == s.pending_who[n]


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
