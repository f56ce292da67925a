"""Properties, judged in every state that is found: functions that read words, and are true or false.

They lie behind the kernel's program and are executed by the machine, in a context that nobody else has, between two
moves. What one of them gives follows from the parts that it looks at, so it is remembered as a move is, and in a state
in which nothing that it has ever looked at is other than in the state before, it is not even asked: it gives the same.
"""

from __future__ import annotations

from splx.check.addresses import address_of
from splx.check.buffers import look_away, look_through
from splx.check.look import look
from splx.check.memo import note, recall
from splx.check.moves import look_nowhere
from splx.check.parts import bring
from splx.check.rows import take_row
from splx.check.search import READS, ROW, Move, Search, Truth
from splx.check.steps import ENDLESS, execute
from splx.lang.kernel import inline
from splx.lang.wide import bit
from splx.machine.constants import ADDRESS_SHIFT
from splx.machine.state import REGS


def judge(s: Search, state: int) -> bool:
    """Whether what is to be true is true in `state`, whose row is in `row`; `fail_judge` says what is not."""
    changed = in_sight(s, state) if state > 0 else -1
    for j in range(s.n_judges if changed != 0 else 0):
        if s.judge_bad[j] != 0 and (changed & bit(j & 63)) != 0 and is_bad(s, j):
            if s.judge_noted[j] != 0:
                take_note(s, j, state)
                continue
            s.fail_judge = j
            s.fail_state = state
            s.fail_move = 0
            s.fail_pc = 0
            return False
    return True


def take_note(s: Search, j: int, state: int) -> None:
    """An invariant is broken. What follows from that may be easier to understand: the search goes on, without it."""
    s.judge_bad[j] = 0
    if s.noted_judge < 0:
        s.noted_judge = j
        s.noted_state = state


def in_sight(s: Search, state: int) -> int:
    """The properties, as bits, that have looked at something that is not as it was in the state before."""
    before = (s.came[state] >> 32) * s.row_words
    found = 0
    for w in range(s.row_words):
        changed = (s.row[w] ^ s.rows[before + w]) & s.sight_of_all[w]
        if changed != 0:
            for k in range(min(64, s.n_judges)):
                if (changed & s.sight[k * ROW + w]) != 0:
                    found = found | bit(k)
    return found


def is_bad(s: Search, j: int) -> bool:
    """Whether a property is what it is not to be in the state whose row is in `row`, or cannot be evaluated there."""
    found = truth(s, j)
    return found == s.judge_bad[j] or found == Truth.BROKEN


def truth(s: Search, j: int) -> int:
    """What property `j` gives in the state whose row is in `row`; a Truth."""
    if s.memo_room > 0:
        leaf = recall(s, Move.JUDGE, j)
        if leaf > 0:
            return s.memo[leaf] & 255
    bring(s)
    found = evaluate(s, j)
    for k in range(s.n_looked):
        see(s, j & 63, s.looked[k])
    if s.memo_room > 0:
        note(s, Move.JUDGE, j, found)
    return found


def truth_in(s: Search, state: int, j: int) -> int:
    """What property `j` gives in `state`, which becomes the machine at hand; a Truth."""
    take_row(s, state)
    bring(s)
    return evaluate(s, j)


def evaluate(s: Search, j: int) -> int:
    """What property `j` gives in the machine at hand, noting what it looks at; a Truth."""
    m = s.machine
    c = s.judge_cpu[j]
    mine = s.n_ctxs
    current = m.state.cur[c]
    m.state.cur[c] = mine
    m.state.pc[mine] = s.judge_pc[j]
    m.state.regs[mine * REGS] = s.judge_argument[j]
    m.state.regs[mine * REGS + s.judge_link[j]] = 0
    look_nowhere(s)
    s.n_read = 0
    if s.judge_open[j] != 0:
        look(s, s.first_cpu + c)
        if m.state.iflag[c] == 0:
            m.state.cur[c] = current
            return Truth.TRUE
    waiting = 0
    if s.judge_own[j] != 0:
        look(s, s.first_buffer + c)
        waiting = s.buffered[c]
        look_through(s, c)
    for _ in range(ENDLESS):
        pc = m.state.pc[mine]
        if pc == 0 or m.beside.finding != 0:
            break
        if s.reads[pc] != 0:
            read(s, address_of(s, c, mine, pc, s.reads[pc]))
        execute(s, c)
    found: int = Truth.TRUE if m.state.regs[mine * REGS] != 0 else Truth.FALSE
    if m.state.pc[mine] != 0:
        found = Truth.BROKEN
        s.fail_finding = m.beside.finding
        m.beside.finding = 0
    look_away(s, c, waiting)
    m.state.cur[c] = current
    return found


@inline
def read(s: Search, address: int) -> None:
    """A property reads a word."""
    if address > 0:
        look(s, s.first_line + (address >> ADDRESS_SHIFT))
        if s.n_read < READS:
            s.read_at[s.n_read] = address
            s.n_read = s.n_read + 1


@inline
def see(s: Search, k: int, part: int) -> None:
    """The properties of bit `k` have looked at a part."""
    if (s.seen_by[part] & bit(k)) == 0:
        s.seen_by[part] = s.seen_by[part] | bit(k)
        add_sight(s, k, part)


@inline
def add_sight(s: Search, k: int, part: int) -> None:
    """Enter where in a row the part stands that they have looked at."""
    if s.bits[part] != 0:
        w = s.word[part]
        mask = (bit(s.bits[part]) - 1) << s.shift[part]
        s.sight[k * ROW + w] = s.sight[k * ROW + w] | mask
        s.sight_of_all[w] = s.sight_of_all[w] | mask


def resight(s: Search) -> None:
    """Rows have a new layout: find again where what has been looked at stands."""
    for w in range(ROW):
        s.sight_of_all[w] = 0
        for k in range(64):
            s.sight[k * ROW + w] = 0
    for part in range(s.n_parts):
        for k in range(64 if s.seen_by[part] != 0 else 0):
            if (s.seen_by[part] & bit(k)) != 0:
                add_sight(s, k, part)
