"""Parts of a state: reading one off the machine, and putting one back.

Only what can matter is read: of a context the registers that it, or a caller it returns to, still needs; of a free
frame nothing but that it is free; of a device whether items wait, not which.
"""

from __future__ import annotations

from splx.check.intern import contents
from splx.check.rows import number_in
from splx.check.search import BUFFER, LINE_WORDS, Beyond, Kind, Search
from splx.lang.kernel import inline
from splx.lang.wide import bit
from splx.machine.constants import IN_USE, Mode
from splx.machine.directing import take
from splx.machine.events import schedule
from splx.machine.lines import refresh
from splx.machine.state import IRQ_WORDS, ITEMS, REGS, Machine


def kind_of(s: Search, part: int) -> int:
    """The kind of a part."""
    if part < s.first_cpu:
        return Kind.CONTEXT
    if part >= s.first_line:
        return Kind.LINE
    if part < s.first_irq:
        return Kind.CPU
    if part < s.first_dev:
        return Kind.IRQ
    return Kind.DEVICE if part < s.first_buffer else Kind.BUFFER


def gather(s: Search, part: int) -> None:
    """Read a part into `scratch`."""
    s.n_scratch = 1
    kind = kind_of(s, part)
    if kind == Kind.CONTEXT:
        gather_context(s, part)
    elif kind == Kind.LINE:
        gather_line(s, part - s.first_line)
    elif kind == Kind.CPU:
        s.scratch[0] = cpu_word(s, part - s.first_cpu)
    elif kind == Kind.IRQ:
        s.scratch[0] = irq_word(s, part - s.first_irq)
    elif kind == Kind.BUFFER:
        gather_buffer(s, part - s.first_buffer)
    else:
        s.scratch[0] = device_word(s, part - s.first_dev)
        s.scratch[1] = s.owed[part - s.first_dev]
        s.n_scratch = 1 + s.owing


def put(s: Search, part: int, number: int) -> None:
    """Give a part of the machine its contents of that number."""
    at = contents(s, part, number)
    kind = kind_of(s, part)
    s.value[part] = number
    if kind == Kind.CONTEXT:
        put_context(s, part, at)
    elif kind == Kind.LINE:
        put_line(s, part - s.first_line, at)
    elif kind == Kind.CPU:
        put_cpu(s, part - s.first_cpu, s.arena[at])
    elif kind == Kind.IRQ:
        put_irq(s, part - s.first_irq, s.arena[at])
    elif kind == Kind.BUFFER:
        put_buffer(s, part - s.first_buffer, at)
    else:
        put_device(s, part - s.first_dev, s.arena[at])
        s.owed[part - s.first_dev] = s.arena[at + 1] if s.owing != 0 else 0


def bring(s: Search) -> None:
    """Make the state whose row is in `row` the machine at hand: put the parts that differ."""
    for k in range(s.n_active):
        part = s.active[k]
        number = number_in(s, part, s.row[s.word[part]])
        if number != s.value[part]:
            put(s, part, number)


# ---- contexts


def gather_context(s: Search, ctx: int) -> None:
    """Head: status, and of one in use program counter, what is beneath, where it runs, the flag it will restore."""
    st = s.machine.state
    if st.status[ctx] != IN_USE:
        s.scratch[0] = st.status[ctx]
        return
    first = ctx * REGS
    pc = st.pc[ctx]
    head = (st.below[ctx] + 1) | (st.runs_on[ctx] + 1) << 16 | st.saved_if[ctx] << 24
    s.scratch[0] = IN_USE | pc << 2 | head << 26
    n = 1
    for k in range(s.here[pc], s.here[pc] + s.here_n[pc]):
        s.scratch[n] = st.regs[first + s.lives[k]]
        n = n + 1
    link = s.link_here[pc]
    while link >= 0:
        back = st.regs[first + link]
        for k in range(s.back[back], s.back[back] + s.back_n[back]):
            s.scratch[n] = st.regs[first + s.lives[k]]
            n = n + 1
        link = s.link_back[back]
    s.n_scratch = n


def put_context(s: Search, ctx: int, start: int) -> None:
    """The inverse of `gather_context`. Registers that nobody needs keep what they held."""
    st = s.machine.state
    word = s.arena[start]
    st.status[ctx] = word & 3
    pc = (word >> 2) & 0xFFFFFF
    st.pc[ctx] = pc
    st.below[ctx] = ((word >> 26) & 0xFFFF) - 1
    st.runs_on[ctx] = ((word >> 42) & 0xFF) - 1
    st.saved_if[ctx] = (word >> 50) & 1
    if (word & 3) != IN_USE:
        return
    first = ctx * REGS
    at = start + 1
    for k in range(s.here[pc], s.here[pc] + s.here_n[pc]):
        st.regs[first + s.lives[k]] = s.arena[at]
        at = at + 1
    link = s.link_here[pc]
    while link >= 0:
        back = st.regs[first + link]
        for k in range(s.back[back], s.back[back] + s.back_n[back]):
            st.regs[first + s.lives[k]] = s.arena[at]
            at = at + 1
        link = s.link_back[back]


# ---- lines of memory


def gather_line(s: Search, line: int) -> None:
    """Eight words, and in whose hands those of them are that are locks."""
    n = LINE_WORDS
    for k in range(LINE_WORDS):
        at = line * LINE_WORDS + k
        s.scratch[k] = s.machine.state.mem[at]
        if s.lock_of[at] > 0:
            s.scratch[n] = s.held_by[s.lock_of[at] - 1]
            n = n + 1
    s.n_scratch = n


@inline
def put_line(s: Search, line: int, at: int) -> None:
    """The inverse of `gather_line`. What was read before a word was known to be a lock does not say who holds it."""
    n = LINE_WORDS
    known = s.arena[at - 1]
    for k in range(LINE_WORDS):
        word = line * LINE_WORDS + k
        s.machine.state.mem[word] = s.arena[at + k]
        if s.lock_of[word] > 0:
            s.held_by[s.lock_of[word] - 1] = s.arena[at + n] if n < known else 0
            n = n + 1


# ---- store buffers


def gather_buffer(s: Search, c: int) -> None:
    """How many stores, then address and word of each."""
    s.scratch[0] = s.buffered[c]
    for k in range(s.buffered[c]):
        s.scratch[2 * k + 1] = s.buffer_at[c * BUFFER + k]
        s.scratch[2 * k + 2] = s.buffer_word[c * BUFFER + k]
    s.n_scratch = 2 * s.buffered[c] + 1


def put_buffer(s: Search, c: int, at: int) -> None:
    """The inverse of `gather_buffer`."""
    s.buffered[c] = s.arena[at]
    for k in range(s.buffered[c]):
        s.buffer_at[c * BUFFER + k] = s.arena[at + 2 * k + 1]
        s.buffer_word[c * BUFFER + k] = s.arena[at + 2 * k + 2]


# ---- CPUs, irqs, devices: one word each


@inline
def cpu_word(s: Search, c: int) -> int:
    """What it runs, its flag, its level, whether it waits."""
    st = s.machine.state
    return st.cur[c] | st.iflag[c] << 16 | st.level[c] << 17 | st.halted[c] << 25


def put_cpu(s: Search, c: int, word: int) -> None:
    """The inverse of `cpu_word`."""
    st = s.machine.state
    st.cur[c] = word & 0xFFFF
    st.iflag[c] = (word >> 16) & 1
    st.level[c] = (word >> 17) & 0xFF
    st.halted[c] = (word >> 25) & 1
    s.machine.beside.cpus[c].mode = Mode.HALTED if st.halted[c] != 0 else Mode.RUN


@inline
def irq_word(s: Search, irq: int) -> int:
    """Wire, latch, mask, who serves it, where it goes, who serves it still."""
    st = s.machine.state
    flags = st.latch[irq] << 27 | st.masked[irq] << 2 | st.wire[irq] << 19
    return flags | (st.service[irq] + 1) << 3 | (st.route[irq] + 1) << 11 | (st.left[irq] + 1) << 31


def put_irq(s: Search, irq: int, word: int) -> None:
    """The inverse of `irq_word`, and what the machine derives from it."""
    m = s.machine
    m.state.wire[irq] = (word >> 19) & 0xFF
    m.state.latch[irq] = (word >> 27) & 15
    m.state.masked[irq] = (word >> 2) & 1
    m.state.service[irq] = ((word >> 3) & 0xFF) - 1
    m.state.route[irq] = ((word >> 11) & 0xFF) - 1
    m.state.left[irq] = ((word >> 31) & 0xFF) - 1
    rank = m.tables.rank[irq]
    mine = bit(rank & 63)
    for c in range(m.tables.n_cpus):
        at = c * IRQ_WORDS + (rank >> 6)
        m.beside.pending[at] = m.beside.pending[at] & ~mine
        m.beside.serving[at] = m.beside.serving[at] & ~mine
    serves(m, m.state.service[irq], rank)
    serves(m, m.state.left[irq], rank)
    refresh(m, irq)


@inline
def serves(m: Machine, server: int, rank: int) -> None:
    """A CPU serves the irq of that rank; -1 none does."""
    if server >= 0:
        at = server * IRQ_WORDS + (rank >> 6)
        m.beside.serving[at] = m.beside.serving[at] | bit(rank & 63)


@inline
def device_word(s: Search, dev: int) -> int:
    """Whether it may interrupt, whether something is under way, requests, items that wait, arrivals used."""
    m = s.machine
    under_way = int(m.beside.ev_time[dev] >= 0)
    waits = m.beside.devices[dev].waiting
    if waits > 255:
        s.beyond = Beyond.REQUESTS
    return m.state.dev_enable[dev] | under_way << 1 | waits << 2 | m.state.dev_count[dev] << 10 | s.used[dev] << 26


def put_device(s: Search, dev: int, word: int) -> None:
    """The inverse of `device_word`; when its items came is forgotten."""
    m = s.machine
    m.state.dev_enable[dev] = word & 1
    m.beside.devices[dev].waiting = (word >> 2) & 0xFF
    m.state.dev_count[dev] = (word >> 10) & 0xFFFF
    s.used[dev] = word >> 26
    if ((word >> 1) & 1) != int(m.beside.ev_time[dev] >= 0):
        if (word & 2) != 0:
            schedule(m, dev, 0)
        else:
            take(m, dev)
    forget_items(s, dev)


def forget_items(s: Search, dev: int) -> None:
    """Forget when they came. Where arrivals are counted, so are items; else each is number 0, or there were no end."""
    m = s.machine
    d = m.beside.devices[dev]
    m.state.dev_head[dev] = max(0, s.used[dev] - m.state.dev_count[dev])
    d.arrived = 0
    d.accepted = 0
    d.started = 0
    d.oldest = 0
    m.beside.item_time[dev * ITEMS] = -1
