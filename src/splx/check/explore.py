"""The search, breadth first: every state once, in the order of the fewest moves to it."""

from __future__ import annotations

from splx.check.beneath import HELD
from splx.check.choices import another, digits
from splx.check.intern import intern
from splx.check.judge import is_bad, judge
from splx.check.memo import apply, memo_full, note, recall_anew, recall_next, recalls
from splx.check.moves import attempt, run_on
from splx.check.nodes import price_of
from splx.check.orders import keep_orders
from splx.check.parts import bring, gather, put
from splx.check.rows import encode, enter, enter_all, find, hash_other, keep_for_later, take_row
from splx.check.search import TURN_AT, Beyond, Move, Outcome, Search, Want
from splx.check.steps import at_stop, step_cpu
from splx.check.torn import TORN
from splx.check.turned import smallest, turn_other
from splx.lang.kernel import inline, noinline
from splx.lang.wide import bit, wadd

ENOUGH = 32  # successors that are worth looking up
MARGIN = 4096  # states that one expansion adds at most
ARENA_MARGIN = 1 << 18
LOOKS = 32  # of so many states one is looked at turned, to see whether CPUs are alike


def begin(s: Search) -> int:
    """Number every part of the machine at hand, which becomes the first state. What comes before the first stop of
    a context is done. Returns an Outcome: FINDING if that breaks a rule.
    """
    outcome: int = Outcome.DONE
    fuse = s.fuse
    s.fuse = 0
    for c in range(s.machine.tables.n_cpus):
        if outcome == Outcome.DONE and not at_stop(s, c):
            outcome = step_cpu(s, c, -1)
    s.fuse = fuse
    if outcome == Outcome.FINDING:
        failed(s, 0, 0)
    for ctx in range(s.n_ctxs):
        run_on(s, ctx)
    for part in range(s.n_parts):
        s.is_dirty[part] = 0
        gather(s, part)
        s.value[part] = intern(s, part)
    s.n_dirty = 0
    s.wires = 0
    return outcome


def first_state(s: Search) -> None:
    """Enter the machine at hand as state 0."""
    encode(s)
    enter(s, 0)
    s.level_end = 1


def load_state(s: Search, state: int) -> None:
    """Make `state` the machine at hand."""
    take_row(s, state)
    bring(s)


def settle(s: Search) -> int:
    """Number the dirty parts of the successor and put its row in `other`. A Want that is not NOTHING comes first."""
    for k in range(s.row_words):
        s.other[k] = s.row[k]
    want: int = Want.NOTHING
    for k in range(s.n_dirty):
        part = s.dirty[k]
        gather(s, part)
        number = intern(s, part)
        if number != s.value[part]:
            if number >= s.room[part]:
                want = Want.PLACES
                s.wanted = part
            elif number >= 1 << s.bits[part]:
                want = max(want, Want.BITS)
                s.wanted = part if want == Want.BITS else s.wanted
            else:
                w = s.word[part]
                old = s.value[part] << s.shift[part]
                s.other[w] = (s.other[w] & ~old) | number << s.shift[part]
    return want


def restore(s: Search) -> None:
    """Undo a move: put the dirty parts back."""
    for k in range(s.n_dirty):
        part = s.dirty[k]
        s.is_dirty[part] = 0
        put(s, part, s.value[part])
    s.n_dirty = 0
    s.wires = 0
    s.machine.beside.finding = 0


def expand(s: Search, state: int) -> int:
    """Make every move of `state`, whose row is in `row`. The successors become states.

    Returns a Want: NOTHING, FINDING (the move stands in `fail_move`), or what the host has to make room for before
    the state is expanded again. Edges and dead states are counted at the end, so an expansion that begins anew counts
    once.
    """
    before = s.edges
    s.n_chosen = 0
    for k in range(s.n_movers):
        leaf = recall_next(s, k)
        want: int = Want.NOTHING
        if leaf == 0 or s.n_chosen > 0 or s.n_turns > 0:
            want = make_all(s, state, k, 1, leaf)
        elif leaf > 0:
            apply(s, leaf)
            s.edges = s.edges + 1
            keep_for_later(s, state << 32 | s.mover[k] << 16)
        if want != Want.NOTHING:
            s.edges = before
            return want
    if race(s, state):
        return Want.FINDING
    if s.edges == before:
        s.dead = s.dead + 1
        if s.first_dead < 0:
            s.first_dead = state
    return Want.NOTHING


def alike(s: Search, state: int) -> int:
    """Whether a state, whose row is in `row` and in which all is true that is to be, is the same when it is turned: all
    is true, and, for some states, what can happen is the same. If not, the CPUs are not alike, and the search is
    `beyond` what it can do. Returns a Want.
    """
    looks = state < LOOKS or state % LOOKS == 0
    before = s.edges
    want: int = sum_up(s, state) if looks else Want.NOTHING
    expected = s.sum
    turns = s.n_turns if looks or s.n_judges > 0 else 0
    for turn in range(1, turns + 1):
        if want == Want.NOTHING:
            take_turned(s, state, turn)
            same = s.n_judges == 0 or not any_bad(s)
            if looks:
                want = sum_up(s, state)
                same = same and (want != Want.NOTHING or s.sum == expected)
            if not same:
                s.beyond = Beyond.TURNED
                want = Want.FINDING
    s.edges = before
    take_row(s, state)
    return want


def take_turned(s: Search, state: int, turn: int) -> None:
    """The row of a state turned, in `row`."""
    take_row(s, state)
    for k in range(s.row_words):
        s.other[k] = s.row[k]
    turn_other(s, turn)
    for k in range(s.row_words):
        s.row[k] = s.other[k]


def any_bad(s: Search) -> bool:
    """Whether some property is what it is not to be in the state whose row is in `row`."""
    found = False
    for j in range(s.n_judges):
        found = found or (s.judge_bad[j] != 0 and is_bad(s, j))
    return found


def sum_up(s: Search, state: int) -> int:
    """The hashes of all successors of the state whose row is in `row`, in `sum`. Returns a Want."""
    s.sum = 0
    if s.imaged != s.index_used:
        return Want.IMAGE
    s.n_chosen = 0
    for k in range(s.n_movers):
        want = move_all(s, state, k, 3)
        if want != Want.NOTHING:
            return want
    return Want.NOTHING


def race(s: Search, state: int) -> bool:
    """Whether two CPUs are about to access one word in a state, all of whose moves have been made, and one writes. Two
    that are locked come one after the other.
    """
    found = False
    for a in range(1, s.machine.tables.n_cpus):
        if s.about[a] != 0:
            for b in range(a):
                writes = ((s.about[a] | s.about[b]) & 1) != 0 and (s.about[a] & s.about[b] & 2) == 0
                if s.about[a] >> 2 == s.about[b] >> 2 and writes:
                    found = True
                    s.fail_race = s.about[a] >> 2
                    s.fail_state = state
                    s.fail_a = b
                    s.fail_b = a
    return found


def move_all(s: Search, state: int, k: int, record: int) -> int:
    """The moves of mover `k` with all combinations of choices; `record` 1 enters the successors, 2 notes the edges, 3
    sums the hashes of successors.
    """
    leaf = recall_next(s, k)
    return make_all(s, state, k, record, leaf) if leaf >= 0 or s.n_chosen > 0 else Want.NOTHING


@noinline
def make_all(s: Search, state: int, k: int, record: int, first: int) -> int:
    """The same, where the leaf of the first of them has been looked up."""
    kind = s.mover[k] >> 8
    who = s.mover[k] & 255
    leaf = first
    more = True
    while more:
        want: int = Want.NOTHING
        done = leaf > 0
        if done:
            apply(s, leaf)
            s.progress = s.memo[leaf + 1]
            s.rounds = s.memo[leaf + 2]
        elif leaf == 0:
            bring(s)
            outcome = attempt(s, kind, who)
            s.made = s.made + 1
            if outcome == Outcome.FINDING:
                want = broken(s, state, kind << 24 | who << 16 | digits(s), record)
            elif outcome == Outcome.DONE:
                want = settle(s)
                done = want == Want.NOTHING
                if done and s.n_pending > 0:
                    keep_orders(s, state, kind << 24 | who << 16 | digits(s))
            if recalls(s) and want == Want.NOTHING and outcome != Outcome.FINDING:
                note(s, kind, who, outcome)
            restore(s)
            if kind == Move.STEP:
                s.about[who] = s.access
        if done and s.n_turns > 0:
            want = smallest(s)
            done = want == Want.NOTHING
        if done:
            s.edges = s.edges + 1
            if record == 1:
                keep_for_later(s, state << 32 | s.turn << TURN_AT | kind << 24 | who << 16 | digits(s))
            elif record == 2:
                note_edge(s, state, kind << 24 | who << 16 | digits(s))
            else:
                s.sum = wadd(s.sum, hash_other(s))
        if want != Want.NOTHING:
            s.n_chosen = 0
            return want
        more = another(s)
        if more:
            leaf = recall_anew(s, k)
    return Want.NOTHING


def broken(s: Search, state: int, move: int, record: int) -> int:
    """A move broke a rule. If nobody asked for that it leads nowhere, from where anything could happen."""
    if record == 3:
        s.sum = wadd(s.sum, 1)
        return Want.NOTHING
    if (s.passes & bit(s.machine.beside.finding)) == 0:  # HELD is never passed over: it is looked for or not
        if s.deferring == 0 or price_of(move, s.last) == 0:
            failed(s, state, move)
            return Want.FINDING
        if s.late_way < 0:
            failed(s, state, move)
            s.late_way = s.way
        s.n_past = s.n_past + 1
        return Want.NOTHING
    if s.cut_at == 0:
        s.cut_at = 1 + (s.machine.beside.find_pc if s.machine.beside.finding != 0 else 0)
    s.edges = s.edges + 1
    if record == 2:
        e = s.n_edges
        s.edge_from[e] = state
        s.edge_to[e] = state
        s.edge_move[e] = move
        s.edge_who[e] = -1
        s.edge_round[e] = -1
        if s.n_turns > 0:
            s.edge_turn[e] = 0
        s.n_edges = e + 1
    return Want.NOTHING


def note_edge(s: Search, state: int, move: int) -> None:
    """Write down the edge to the row in `other`, which is a state from now on."""
    if s.near != 0 and price_of(move, s.last) > 0:
        leave_out(s, move)
        return
    e = s.n_edges
    s.edge_from[e] = state
    s.edge_to[e] = enter(s, state << 32 | s.turn << TURN_AT | move)
    if s.n_turns > 0:
        s.edge_turn[e] = s.turn
    s.edge_move[e] = move
    s.edge_who[e] = s.progress
    s.edge_round[e] = s.rounds
    s.n_edges = e + 1


def leave_out(s: Search, move: int) -> None:
    """A move costs more than is to be looked at; whether it leads to a state that is not known is all that matters."""
    s.n_past = s.n_past + 1
    if s.past == 0:
        s.past = int(find(s, hash_other(s)) < 0)


def failed(s: Search, state: int, move: int) -> None:
    """Remember what went wrong before the move is undone."""
    b = s.machine.beside
    s.fail_state = state
    s.fail_move = move
    s.fail_finding = b.finding
    s.fail_pc = b.find_pc
    s.fail_ctx = b.find_ctx
    s.fail_a = b.find_a
    s.fail_b = b.find_b
    if b.finding == HELD or b.finding == TORN:
        s.fail_a = s.last_read
        s.fail_b = s.torn
    if b.finding == 0 or b.finding == HELD or b.finding == TORN:
        c = (move >> 16) & 255
        s.fail_ctx = s.machine.state.cur[c]
        s.fail_pc = s.torn_at if b.finding == TORN else s.machine.state.pc[s.fail_ctx]


def explore(s: Search) -> int:
    """Expand states until all are, or a Want. Returns it."""
    want: int = Want.NOTHING
    while want == Want.NOTHING and (s.next < s.n_states or s.n_hand > 0):
        if s.next == s.n_states or s.next == s.level_end or s.n_hand >= ENOUGH:
            enter_all(s)
        want = room_for_one(s)
        if want == Want.NOTHING and s.next < s.n_states:
            if s.next == s.level_end:
                s.level = s.level + 1
                s.level_end = s.n_states
            take_row(s, s.next)
            if s.n_judges > 0 and not judge(s, s.next):
                want = Want.FINDING
            elif s.n_turns > 0:
                want = alike(s, s.next)
            if want == Want.NOTHING:
                want = expand(s, s.next)
            s.next = s.next + int(want == Want.NOTHING)
    enter_all(s)
    return want


@inline
def room_for_one(s: Search) -> int:
    """What the host has to do before one more state can be expanded."""
    if s.next >= s.pause or s.raised != 0:
        return Want.PAUSE
    if s.n_states + MARGIN > s.states_room:
        return Want.ROOM
    if s.arena_used + ARENA_MARGIN > s.arena_room or s.index_used * 2 > s.index_mask:
        return Want.ARENA
    return Want.MEMO if s.memo_room > 0 and memo_full(s) else Want.NOTHING
