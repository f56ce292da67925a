"""Steps: what a CPU executes in one move. The machine's own step does it; nothing here knows an instruction.

A move of a CPU executes an instruction and then goes on as long as nobody could tell: over instructions on registers,
over private ones while interrupts are off, through an atomic function. A busy-wait that would look again at a word it
has just seen is no move.
"""

from __future__ import annotations

from splx.check.addresses import address_of
from splx.check.asked import must_take
from splx.check.beneath import HELD, held_beneath
from splx.check.buffers import hold_back, look_away, look_through, may_execute, seen_word
from splx.check.choices import choices, choose, register
from splx.check.items import refuse_item
from splx.check.look import look
from splx.check.orders import in_order
from splx.check.owners import me_at, pass_on, seen_by, turned, used
from splx.check.search import Class, Outcome, Round, Search, Writes
from splx.check.torn import TORN, torn
from splx.lang.kernel import inline
from splx.lang.wide import bit
from splx.machine.constants import ADDRESS_SHIFT
from splx.machine.directing import advance, worked
from splx.machine.state import Insn

LONG = 2000  # instructions after which a move ends wherever it is, but within an atomic function
ENDLESS = 100000  # instructions of an atomic function before it is taken for endless


def look_all(s: Search, first: int, end: int) -> None:
    """It depends on several."""
    for part in range(first, end):
        look(s, part)


@inline
def soil(s: Search, part: int) -> None:
    """A part may have changed."""
    look(s, part)
    if s.is_dirty[part] == 0:
        s.is_dirty[part] = 1
        s.dirty[s.n_dirty] = part
        s.n_dirty = s.n_dirty + 1


def soil_all(s: Search, first: int, end: int) -> None:
    """Several parts may have changed."""
    for part in range(first, end):
        soil(s, part)


def step_cpu(s: Search, c: int, joined: int) -> int:
    """CPU `c`, not halted, executes up to its next stop, but for those where context `joined` goes on, -1 none. Returns
    an Outcome.
    """
    m = s.machine
    pc = m.state.pc[m.state.cur[c]]
    soil(s, s.first_cpu + c)
    look(s, s.first_buffer + c)
    look(s, m.state.cur[c])  # whether the buffer lets it happen depends on what it is
    alone = 0  # instructions since a search that fuses nothing would have ended a move
    for n in range(ENDLESS):
        klass = s.klass[pc]
        if s.buffered[c] != 0:
            if not may_execute(s, c, (klass & Class.DRAINS) != 0, (klass & Class.STORE) != 0):
                return Outcome.DONE if n > 0 else Outcome.NONE
        if s.cutting != 0:
            before_it(s, c, klass)
        else:
            s.unseen = 0
        outcome = once(s, c, pc)
        if outcome != Outcome.DONE:
            return outcome
        if m.state.halted[c] != 0:
            return Outcome.DONE
        pc = m.state.pc[m.state.cur[c]]
        stop = at_stop(s, c) if n < LONG else at_unfused_stop(s, c)
        if not stop and s.asks_itself != 0:
            stop = at_unfused_stop(s, c) and must_take(s, c)
        if stop and not goes_on(s, c, pc, joined):
            return Outcome.DONE
        ends = (s.unseen != 0 and s.tso == 0) or (at_unfused_stop(s, c) and not goes_on(s, c, pc, joined))
        alone = 0 if ends else alone + 1
        if alone >= LONG and (s.klass[pc] & Class.INSIDE) == 0:
            return Outcome.DONE
        if s.cutting != 0 and ends:
            cut_here(s, c)
    return Outcome.FINDING


def cut_here(s: Search, c: int) -> None:
    """A move would end here if nothing were fused; what has been stored unseen is visible then."""
    s.cut[s.n_cuts] = s.moves_made | s.unseen << 8
    s.n_cuts = s.n_cuts + 1
    s.cut_cpu = c
    s.since_cut = 0
    s.unseen = 0


def before_it(s: Search, c: int, klass: int) -> None:
    """An instruction is next: one that drains the buffer would wait for what has been stored unseen."""
    if s.unseen != 0 and (klass & Class.DRAINS) != 0:
        cut_here(s, c)
    s.since_cut = s.since_cut + 1


@inline
def goes_on(s: Search, c: int, pc: int, joined: int) -> bool:
    """Whether the atomic step at a stop belongs to the step before it."""
    own = s.klass[pc] & (Class.JOINS | Class.CALM)
    if own == 0 or s.machine.state.cur[c] != joined:
        return False
    return (own & Class.JOINS) != 0 or s.machine.state.iflag[c] == 0 or s.machine.state.level[c] >= s.calm_level


@inline
def at_stop(s: Search, c: int) -> bool:
    """Whether a move of CPU `c` ends before its next instruction."""
    pc = s.machine.state.pc[s.machine.state.cur[c]]
    klass = s.klass[pc]
    own = klass & (Class.STOP | Class.GUARDED)
    if own != 0 and (klass & Class.OWNABLE) != 0 and s.fuse != 0:
        own = own_stop(s, c, pc, own)
    return (own & Class.STOP) != 0 or ((own & Class.GUARDED) != 0 and s.machine.state.iflag[c] != 0)


@inline
def at_unfused_stop(s: Search, c: int) -> bool:
    """Whether it would if nothing were fused."""
    klass = s.klass[s.machine.state.pc[s.machine.state.cur[c]]]
    return (klass & Class.STOP) != 0 or ((klass & Class.GUARDED) != 0 and s.machine.state.iflag[c] != 0)


def own_stop(s: Search, c: int, pc: int, own: int) -> int:
    """The class of an instruction that is as private as the word it uses."""
    ctx = s.machine.state.cur[c]
    address = address_of(s, c, ctx, pc, s.reads[pc])
    if address == 0:
        return own
    seen = seen_by(s, address, me_at(c, ctx), s.writes[pc])
    return own if seen == Class.STOP else seen


@inline
def once(s: Search, c: int, pc: int) -> int:
    """One instruction of CPU `c`, noting what it may change."""
    m = s.machine
    klass = s.klass[pc]
    ctx = m.state.cur[c]
    soil(s, ctx)
    address = 0
    own = False
    if s.reads[pc] != 0:
        address = address_of(s, c, ctx, pc, s.reads[pc])
        if address > 0:
            s.last_read = address
            look(s, s.first_line + (address >> ADDRESS_SHIFT))
            if s.writes[pc] != 0:
                soil(s, s.first_line + (address >> ADDRESS_SHIFT))
            if s.reads[pc] == Writes.PAIR:
                look(s, s.first_line + ((address + 1) >> ADDRESS_SHIFT))
            if s.fuse != 0:
                own = use(s, c, ctx, pc, address)
    if (klass & Class.CONTEXT) != 0:
        soil_context(s, ctx, m.tables.code[pc])
    if (klass & Class.LINES) != 0:
        look_all(s, s.first_irq, s.first_buffer)
        s.wires = 1
    if (klass & Class.WAITS) == 0:
        s.progress = s.progress | bit(s.group[ctx])
    among = choices(s, ctx, pc) if (klass & (Class.CHOICE | Class.COUNTED)) != 0 else 0
    before = 0
    if (s.fuse != 0 or s.n_ordered != 0 or s.tears[pc] != 0 or s.taken[pc] != 0) and s.writes[pc] != 0:
        before = seen_word(s, c, address)
    had = register(s, ctx, s.taken[pc] - 1) - s.added[pc] if s.taken[pc] != 0 else before
    dev = told_of(s, ctx, pc) if s.items[pc] != 0 else -1
    unseen = own and (klass & Class.STORE) != 0 and s.buffered[c] == 0
    execute_seen(s, c, address if (klass & Class.STORE) != 0 and not unseen else 0)
    if dev >= 0:
        refuse_item(s, ctx, pc, dev)
    if m.beside.finding != 0:
        return Outcome.FINDING
    if (s.tears[pc] != 0 or had != before) and is_lost(s, c, ctx, pc, address, before, had) and s.tears_asked != 0:
        m.beside.finding = TORN
        return Outcome.FINDING
    if s.ends[pc] != 0:
        end_round(s, c, ctx, pc)
    soil(s, m.state.cur[c])
    if s.n_ordered != 0 and s.writes[pc] != 0 and s.ordered[address] != 0 and (klass & Class.TRIES) == 0:
        in_order(s, c, ctx, address, before)
    if s.fuse != 0:
        if s.writes[pc] != 0 and address > 0:
            after = seen_word(s, c, address)
            turned(s, address, me_at(c, ctx), before, after, klass & Class.DRAINS)
            if unseen:
                s.unseen = s.unseen + 1
        if (klass & Class.SWITCHES) != 0:
            pass_on(s, c, ctx)
    if among > 0:
        choose(s, ctx, m.tables.code[pc].dst, among)
    if (klass & Class.SPIN) != 0 and m.state.pc[ctx] == m.tables.code[pc].t:
        if s.ends[pc] == Round.LOOK and s.beneath_asked != 0 and held_beneath(s, c, ctx):
            m.beside.finding = HELD
            return Outcome.FINDING
        return Outcome.NONE
    return Outcome.DONE


def told_of(s: Search, ctx: int, pc: int) -> int:
    """The device of whose items the instruction at `pc` says something."""
    dev = register(s, ctx, s.machine.tables.code[pc].a)
    soil(s, s.first_dev + dev)
    return dev


def is_lost(s: Search, c: int, ctx: int, pc: int, address: int, before: int, had: int) -> bool:
    """Whether with the write that was just made an update is lost: of somebody else, within whose change it fell, or
    one that came after this context had read what it `had`, and that it has overwritten: with something else, or with a
    sum that does not contain it.
    """
    s.last_read = address
    s.torn_at = pc
    after = seen_word(s, c, address)
    if had != before and (after != before or s.added[pc] != 0):
        s.torn = ctx
        return True
    return s.tears[pc] != 0 and torn(s, c, ctx, address, before, after)


def end_round(s: Search, c: int, ctx: int, pc: int) -> None:
    """The instruction at `pc` may have ended a round of the context on CPU `c` that executed it. A handler that returns
    to another of its group, which it had interrupted, has ended none: that one is to return, too.
    """
    mine = bit(s.group[ctx])
    ends = s.ends[pc]
    now = s.machine.state.pc[ctx]
    if ends == Round.RETURN:
        on = s.machine.state.cur[c]
        if on == ctx or s.group[on] != s.group[ctx]:
            s.rounds = s.rounds | (mine & s.brief)
    elif ends == Round.RETURNS and now > 0 and s.ends[now - 1] == Round.CALLS:
        beneath = s.machine.state.below[ctx]
        if beneath < 0 or s.group[beneath] != s.group[ctx]:
            s.rounds = s.rounds | (mine & s.brief)
    elif (ends == Round.BACK or ends == Round.OWN_BACK) and now == s.machine.tables.code[pc].t:
        s.rounds = s.rounds | (mine if ends == Round.BACK else mine & ~s.brief)


def use(s: Search, c: int, ctx: int, pc: int, address: int) -> bool:
    """A word is used, and so may the next one be. Whether no other CPU can tell."""
    me = me_at(c, ctx)
    writes = s.writes[pc]
    used(s, address, me, writes)
    if s.reads[pc] == Writes.PAIR:
        used(s, address + 1, me, writes)
        return True
    return seen_by(s, address, me, writes) != Class.STOP


@inline
def execute_seen(s: Search, c: int, address: int) -> None:
    """The machine's step on memory as the CPU sees it; a store to `address`, if not 0, goes to its buffer."""
    n = s.buffered[c]
    if n != 0:
        look_through(s, c)
    before = s.machine.state.mem[address]
    execute(s, c)
    if address > 0 and s.machine.beside.finding == 0:
        hold_back(s, c, address, before)
        soil(s, s.first_buffer + c)
    if n != 0:
        look_away(s, c, n)


@inline
def execute(s: Search, c: int) -> None:
    """The machine's step."""
    cpu = s.machine.beside.cpus[c]
    cpu.clock = 0
    cpu.still = 0
    s.machine.beside.steps_left = 1 << 40
    advance(s.machine, c)
    worked(s.machine, c)


def soil_context(s: Search, ctx: int, i: Insn) -> None:
    """The instruction may change the context whose number is in register a."""
    target = register(s, ctx, i.a)
    if target >= 0 and target < s.n_ctxs:
        soil(s, target)
