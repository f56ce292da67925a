"""Moves: what can happen in a state, one at a time. The machine's own step does it; nothing here knows an instruction.

See `steps` for what a CPU does in one. What another CPU has sent it, or made deliverable to it, may be under way for
any time; nobody can tell before it is taken, or a lesser interrupt is taken in its place. What it has asked of itself
is not, see `asked`.
"""

from __future__ import annotations

from splx.check.addresses import address_of
from splx.check.asked import must_take
from splx.check.buffers import let_go
from splx.check.choices import decide
from splx.check.look import look
from splx.check.parts import forget_items
from splx.check.search import Class, Move, Outcome, Search
from splx.check.steps import at_stop, cut_here, end_round, look_all, soil, soil_all, step_cpu
from splx.lang.kernel import inline
from splx.lang.wide import bit
from splx.machine.constants import ADDRESS_SHIFT, IN_USE, Kind
from splx.machine.directing import advance, any_under_way, arrival, interrupted, is_sent_again, sent_again, waiting

AHEAD = 1000  # instructions that a context does where it does not run


def overtake_at(s: Search, c: int) -> int:
    """CPU `c` takes a lesser interrupt than what is under way to it: a choice if there are more."""
    m = s.machine
    look_all(s, s.first_irq, s.first_dev)
    if not any_under_way(m, c):
        return Outcome.NONE
    look(s, s.first_cpu + c)
    among = 0
    while waiting(m, c, among + 1) >= 0:
        among = among + 1
    if among == 0:
        return Outcome.NONE
    return accept_at(s, c, 1 + (decide(s, among) if among > 1 else 0))


def accept_at(s: Search, c: int, late: int) -> int:
    """CPU `c` takes the interrupt that it would take if the `late` best of those under way to it have not come."""
    look(s, s.first_cpu + c)
    look(s, s.first_buffer + c)
    if s.machine.state.iflag[c] == 0 or s.buffered[c] != 0:
        return Outcome.NONE
    look_all(s, s.first_irq, s.first_dev)
    irq = waiting(s.machine, c, late)
    if irq < 0:
        return Outcome.NONE
    soil(s, s.first_cpu + c)
    soil(s, s.machine.state.cur[c])
    more = is_sent_again(s.machine, irq)
    if not interrupted(s.machine, c, irq):
        return Outcome.FINDING if s.machine.beside.finding != 0 else Outcome.NONE
    if more and decide(s, 2) != 0:
        sent_again(s.machine, irq)
    s.wires = 1
    ctx = s.machine.state.cur[c]
    soil(s, ctx)
    if (s.klass[s.machine.state.pc[ctx]] & (Class.STOP | Class.GUARDED)) != 0:
        if at_stop(s, c) or s.fuse == 0:
            return Outcome.DONE
        if s.cutting != 0:
            cut_here(s, c)
    return step_cpu(s, c, -1)


def arrive_at(s: Search, dev: int) -> int:
    """An item arrives at a device that has room for it."""
    m = s.machine
    look(s, s.first_dev + dev)
    kind = s.dev_kind[dev]
    under_way = m.beside.ev_time[dev] >= 0
    if kind == Kind.NONE or (kind >= Kind.CLOSED and not under_way):
        return Outcome.NONE
    if m.state.dev_count[dev] >= s.dev_room[dev] or (s.budget[dev] >= 0 and s.used[dev] >= s.budget[dev]):
        return Outcome.NONE
    if s.budget[dev] >= 0:
        s.used[dev] = s.used[dev] + 1
    arrival(m, dev)
    look_all(s, s.first_irq, s.first_dev)
    s.wires = 1
    if s.coupled != 0:
        c = m.state.route[m.beside.devices[dev].irq]
        return accept_at(s, c, 0)
    return Outcome.DONE


def visible(s: Search, c: int) -> int:
    """The oldest store of a CPU becomes visible."""
    look(s, s.first_buffer + c)
    if s.buffered[c] == 0:
        return Outcome.NONE
    soil(s, s.first_line + (let_go(s, c) >> ADDRESS_SHIFT))
    soil(s, s.first_buffer + c)
    return Outcome.DONE


def run_on(s: Search, ctx: int) -> None:
    """A context that runs nowhere does what it can do there: nobody can tell when, so it is done."""
    st = s.machine.state
    if st.status[ctx] == IN_USE and st.runs_on[ctx] < 0:
        current = st.cur[0]
        st.cur[0] = ctx
        for _ in range(AHEAD):
            pc = st.pc[ctx]
            if (s.klass[pc] & Class.PURE) == 0:
                break
            advance(s.machine, 0)
            end_round(s, 0, ctx, pc)
        st.cur[0] = current


@inline
def plain_access(s: Search, c: int, ctx: int) -> int:
    """What context `ctx` on CPU `c` is about to access: address << 2, 1 more if it writes and 2 if that is locked; 0
    nothing, or a word that is marked atomic.
    """
    pc = s.machine.state.pc[ctx]
    how = s.plain[pc]
    return address_of(s, c, ctx, pc, s.reads[pc]) << 2 | (how >> 1) if how != 0 else 0


def look_nowhere(s: Search) -> None:
    """A move begins: it has looked at nothing."""
    for k in range(s.n_looked):
        if s.looked[k] >= 0:
            s.is_looked[s.looked[k]] = 0
    s.n_looked = 0


def attempt(s: Search, kind: int, who: int) -> int:
    """A move, with the choices set before. Returns an Outcome; what changed is dirty, and nothing is restored."""
    s.moves_made = 0
    s.progress = 0
    s.rounds = 0
    s.access = 0
    s.n_pending = 0
    for dev in range(s.n_devs):
        s.waited[dev] = s.machine.state.dev_count[dev]
    look_nowhere(s)
    outcome: int = Outcome.NONE
    if kind == Move.STEP:
        look(s, s.first_cpu + who)
        if s.machine.state.halted[who] == 0 and not (s.asks_itself != 0 and must_take(s, who)):
            access = plain_access(s, who, s.machine.state.cur[who])
            outcome = step_cpu(s, who, s.machine.state.cur[who])
            s.access = access if outcome != Outcome.NONE else 0
    elif kind == Move.VISIBLE:
        outcome = visible(s, who)
    elif kind == Move.ACCEPT:
        outcome = accept_at(s, who, 0)
    elif kind == Move.OVERTAKE:
        outcome = overtake_at(s, who)
    else:
        outcome = arrive_at(s, who)
    if outcome == Outcome.DONE:
        for k in range(s.n_dirty):
            if s.dirty[k] < s.n_ctxs:
                run_on(s, s.dirty[k])
    if s.wires != 0:
        for dev in range(s.n_devs):
            forget_items(s, dev)
            if s.machine.state.dev_count[dev] < s.waited[dev]:
                s.progress = s.progress | bit(s.dev_group[dev])
                s.rounds = s.rounds | bit(s.dev_group[dev])
        soil_all(s, s.first_irq, s.first_buffer)
    return outcome
