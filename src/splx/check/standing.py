"""How everybody stands in every state, and what every move of the graph is worth: what judges of fairness go by."""

from __future__ import annotations

from splx.check.beneath import HELD
from splx.check.explore import load_state, restore
from splx.check.fair import ALIVE, REACHED, WANTED
from splx.check.graph import there
from splx.check.judge import truth
from splx.check.movers import running
from splx.check.moves import attempt
from splx.check.rows import take_row
from splx.check.search import Move, Search, Truth
from splx.lang.kernel import inline
from splx.lang.wide import bit
from splx.machine.constants import ADDRESS_SHIFT, IN_USE, Kind
from splx.machine.lines import elsewhere

A_ROUND = 1  # bits of what a move is worth: somebody got round
A_MOVE = 2  # a thread or a handler did something other than look again


def survey(s: Search, groups: int, locks: int) -> None:
    """For every state who is there, and who of them sleeps for something that need not come, or, if `locks`, a lock."""
    for state in range(s.n_states):
        load_state(s, state)
        present = 0
        dozing = 0
        for group in range(groups):
            if there(s, group):
                present = present | bit(group)
                if dozes(s, group, locks):
                    dozing = dozing | bit(group)
        s.present[state] = present
        s.dozing[state] = dozing


def dozes(s: Search, group: int, locks: int) -> bool:
    """Whether a group that is there, in the machine at hand, sleeps, and for no lock unless `locks`; or, without a
    kernel, is suspended with nobody on top of it.
    """
    st = s.machine.state
    if s.status_at[group] != 0:
        channel = st.mem[s.status_at[group] + s.wchan_after]
        asleep = (s.sleeps & bit(st.mem[s.status_at[group]])) != 0
        return asleep and (locks != 0 or s.lock_lines[channel >> ADDRESS_SHIFT] == 0)
    if s.device_of[group] > 0:
        return False
    found = True
    for ctx in range(s.n_ctxs):
        if s.group[ctx] == group and st.status[ctx] == IN_USE and st.runs_on[ctx] >= 0:
            found = False
        if st.status[ctx] == IN_USE and st.below[ctx] >= 0 and s.group[st.below[ctx]] == group:
            found = False
    return found


def flags(s: Search, group: int) -> None:
    """The states in which a group is there and may yet come to move, and WANTED those in which it does not sleep for
    something that need not come; for -1 all states.
    """
    for state in range(s.n_states):
        s.flag[state] = ALIVE
        if group >= 0:
            mine = bit(group)
            alive = (s.present[state] & mine) != 0 and (s.mark[state] & mine) != 0
            awake = (s.dozing[state] & mine) == 0
            s.flag[state] = int(alive) * (ALIVE + WANTED * int(awake))


def untrue(s: Search, j: int) -> None:
    """The states in which property `j` does not give true."""
    for state in range(s.n_states):
        take_row(s, state)
        s.flag[state] = ALIVE * int(truth(s, j) != Truth.TRUE)


def worth(s: Search, movers: int, rounders: int) -> None:
    """What each move is worth, if the groups of `movers`, as bits, are those that count as moving, and those of
    `rounders` as getting round.
    """
    for e in range(s.n_edges):
        got_round = (s.edge_round[e] & rounders) != 0
        s.edge_worth[e] = A_ROUND * int(got_round) + A_MOVE * int((s.edge_who[e] & movers) != 0)


def unheard(s: Search) -> None:
    """Nothing arrives any more: that would count as a round, and nobody is owed it."""
    for e in range(s.n_edges):
        if by_itself(s, e):
            s.edge_worth[e] = A_ROUND
            s.edge_mover[e] = -1


def frozen(s: Search, groups: int) -> None:
    """Nothing arrives any more, asked for or not, and the contexts of `groups`, as bits, do not move, nor becomes
    visible what their CPUs have stored.
    """
    for e in range(s.n_edges):
        move = s.edge_move[e]
        still = move >> 24 == Move.ARRIVE
        if move >> 24 == Move.STEP or move >> 24 == Move.VISIBLE:
            still = (bit(s.group[running(s, s.edge_from[e], (move >> 16) & 255)]) & groups) != 0
        if still:
            s.edge_worth[e] = A_ROUND
            s.edge_mover[e] = -1


def leads_there(s: Search) -> int:
    """ALIVE in their flags become the states that are, and those from which moves that are no round lead to one. How
    many.
    """
    tail = 0
    for state in range(s.n_states):
        if s.flag[state] != 0:
            s.queue[tail] = state
            tail = tail + 1
    head = 0
    while head < tail:
        state = s.queue[head]
        head = head + 1
        for k in range(s.first_in[state], s.first_in[state + 1]):
            before = s.edge_from[s.into[k]]
            if s.flag[before] == 0 and (s.edge_worth[s.into[k]] & A_ROUND) == 0:
                s.flag[before] = ALIVE
                s.queue[tail] = before
                tail = tail + 1
    return tail


@inline
def by_itself(s: Search, e: int) -> bool:
    """Whether something arrives in a move that nobody has asked for."""
    move = s.edge_move[e]
    return move >> 24 == Move.ARRIVE and s.dev_kind[(move >> 16) & 255] < Kind.CLOSED


def hopeless(s: Search, group: int) -> int:
    """The states in which a group is there and awake, can come to move, and can never come to get round, to end or to
    sleep: ALIVE in their flags. How many. `survey` has been made with `locks`.
    """
    mine = bit(group)
    found = s.n_states - get_round(s, mine, 0)
    for state in range(s.n_states):
        if s.flag[state] != 0 and (s.mark[state] & mine) == 0:
            s.flag[state] = 0
            found = found - 1
    return found


def get_round(s: Search, groups: int, quiet: int) -> int:
    """The states from which one of `groups`, as bits, can come to get round, to end or to sleep; if `quiet` is 1, with
    nothing arriving that nobody has asked for, if it is 2, by moves of somebody. They are ALIVE no more, the others
    are. How many.
    """
    tail = 0
    for state in range(s.n_states):
        s.flag[state] = ALIVE
        if (s.present[state] & ~s.dozing[state] & groups) != groups:
            tail = ruled_out(s, state, tail)
    for e in range(s.n_edges):
        if (s.edge_round[e] & groups) != 0 and counts(s, e, quiet):
            tail = ruled_out(s, s.edge_from[e], tail)
    head = 0
    while head < tail:
        state = s.queue[head]
        head = head + 1
        for k in range(s.first_in[state], s.first_in[state + 1]):
            if counts(s, s.into[k], quiet):
                tail = ruled_out(s, s.edge_from[s.into[k]], tail)
    return tail


@inline
def counts(s: Search, e: int, quiet: int) -> bool:
    """Whether a move is one of those that are looked at."""
    if quiet == 2:
        return s.edge_mover[e] >= 0
    return quiet == 0 or not by_itself(s, e)


@inline
def ruled_out(s: Search, state: int, tail: int) -> int:
    """A state is none of those that are looked for: queued, if that is news; the end of the queue."""
    if s.flag[state] == 0:
        return tail
    s.flag[state] = 0
    s.queue[tail] = state
    return tail + 1


def lines(s: Search, dev: int) -> int:
    """The states from which the line of a device may come to be open, in their flags, as REACHED; and ALIVE those in
    which it is. How many are ALIVE. REACHED, too, are those in which the device has been told to say nothing.
    """
    st = s.machine.state
    irq = s.machine.beside.devices[dev].irq
    tail = 0
    for state in range(s.n_states):
        load_state(s, state)
        s.flag[state] = 0
        if st.masked[irq] == 0 and (st.service[irq] < 0 or elsewhere(s.machine, irq)):
            s.flag[state] = ALIVE | REACHED
            s.queue[tail] = state
            tail = tail + 1
    found = tail
    head = 0
    while head < tail:
        state = s.queue[head]
        head = head + 1
        for k in range(s.first_in[state], s.first_in[state + 1]):
            before = s.edge_from[s.into[k]]
            if s.flag[before] == 0:
                s.flag[before] = REACHED
                s.queue[tail] = before
                tail = tail + 1
    for state in range(s.n_states):
        if s.flag[state] == 0:
            load_state(s, state)
            if st.dev_enable[dev] == 0:
                s.flag[state] = REACHED
    return found


def count_held(s: Search) -> int:
    """In how many states some CPU spins for a lock that is held beneath."""
    before = s.beneath_asked
    s.beneath_asked = 1
    found = 0
    for state in range(s.n_states):
        load_state(s, state)
        held = False
        for c in range(s.machine.tables.n_cpus):
            s.n_chosen = 0
            attempt(s, Move.STEP, c)
            held = held or s.machine.beside.finding == HELD
            restore(s)
        found = found + int(held)
    s.beneath_asked = before
    return found


def nobody(s: Search, first: int) -> None:
    """Arrivals, whose movers begin at `first`, are from now on nobody's, and need never come; but for fair devices."""
    for e in range(s.n_edges):
        if s.edge_mover[e] >= first and s.dev_fair[s.edge_mover[e] - first] == 0:
            s.edge_mover[e] = -1
