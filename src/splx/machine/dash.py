"""The dash: one quick form after the other, with nothing checked in between.

The interpreter (`run.step`) knows how far a CPU may go alone. As long as no instruction with a form costs more than
2**quick_shift, so many of them stay within the limit whatever they are; these are run here. What has no form, or meets
something unusual, ends the dash, and the interpreter does it and starts another one. The same bytes, faster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splx.lang.kernel import inline
from splx.lang.marks import counting, following, threaded
from splx.lang.wide import ctz
from splx.machine.chains import CHAINS, chains_from
from splx.machine.constants import NOREG, Stop
from splx.machine.costs import ACCOUNTS
from splx.machine.forms import NONE, REGISTERED, TURN, Operands, form_of
from splx.machine.forms_memory import far_load, far_load_indexed, far_store, far_store_indexed
from splx.machine.state import REGS, Cpu, Exec, Insn, Machine
from splx.machine.table import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Row = tuple[int, ...]

FREE = 63  # as `quick_shift`: no instruction with a form costs anything
SLICE = 1 << 16  # instructions of a slice, so that a runaway is seen
WORTH = 8  # instructions that a dash must be allowed to have: going there and back costs some


@inline
def turn_to(m: Machine, c: int, cpu: Cpu, account: int, clock: int) -> None:
    """From now on `account` pays. Its clock starts here, and that of the one before stops."""
    if account != cpu.acct:
        charge(m, c, cpu.acct, clock)
        charge(m, c, account, -clock)
        cpu.acct = account


@inline
def charge(m: Machine, c: int, account: int, time: int) -> None:
    """Book time of a CPU to an account."""
    at = c * ACCOUNTS + account
    m.beside.acct[at] = m.beside.acct[at] + time


@inline
def within(m: Machine, slack: int) -> int:
    """How many instructions with a form may be executed until the last begins `slack` from now, and one more after."""
    if m.tables.quick_shift == FREE:
        return SLICE if slack >= 0 else 0
    return slack >> m.tables.quick_shift


@inline
def sprint(m: Machine, x: Exec, cpu: Cpu, c: int, most: int) -> int:
    """Execute at most `most` instructions by their forms; how many. `stop` is NONE, LEFT or CHECK then."""
    done = 0
    start = 0
    x.quick = m.tables.forms[x.pc] if most >= WORTH else NONE
    if x.quick != NONE:
        i = m.tables.code[x.pc]
        turn_to(m, c, cpu, i.acct if i.acct != 0 else x.acct, x.clock)
        x.fuel = most
        start = x.clock
        dash(m, x)
        done = most - x.fuel
        x.ctx = x.rb // REGS
        x.acct = m.tables.ctx_acct[x.ctx]
        if x.stop == Stop.LEFT or x.stop == Stop.CHECK:
            x.last = x.pc - 1
            i = m.tables.code[x.last]
            turn_to(m, c, cpu, i.acct if i.acct != 0 else x.acct, start)
        else:
            x.stop = Stop.NONE
    return done


@inline
def none(m: Machine, x: Exec, i: Insn) -> None:
    """An instruction without a form."""
    x.stop = Stop.REDO


@inline
def turn(m: Machine, x: Exec, i: Insn) -> None:
    """Control may come from an instruction of another account: look, and then the instruction in its own form."""
    c = ctz(x.mine)
    account = i.acct if i.acct != 0 else m.tables.ctx_acct[x.rb // REGS]
    turn_to(m, c, m.beside.cpus[c], account, x.clock)
    x.quick = m.tables.forms[x.pc - 1]
    x.stop = Stop.AGAIN


FORMS = (none, turn, far_load, far_load_indexed, far_store, far_store_indexed, *(each.clause for each in REGISTERED),
         *(each.clause for each in CHAINS))  # fmt: skip
assert len(FORMS) <= 1 << 8  # `Insn.quick` has to hold their numbers


@counting(pc="tables.code", rb="state.regs", pb="state.mem")
@threaded
def dash(m: Machine, x: Exec) -> None:
    """Execute quick forms, `fuel` of them at most, beginning with `quick` at `pc`. `stop` says why it ended."""
    i = m.tables.code[x.pc]
    while True:
        x.stop = Stop.NONE
        x.pc = x.pc + 1
        FORMS[x.quick](m, x, i)
        if x.stop == Stop.NONE:
            x.clock = x.clock + i.cost
            x.fuel = x.fuel - 1
            if x.fuel == 0:
                break
            i = m.tables.code[following(x.pc)]
            x.quick = i.quick
            continue
        if x.stop == Stop.TAKEN:
            x.clock = x.clock + i.cost
            x.fuel = x.fuel - 1
            if x.fuel == 0:
                break
            i = m.tables.code[i.t]
            x.quick = i.quick
            continue
        if x.stop == Stop.JUMPED:
            x.clock = x.clock + i.cost
            x.fuel = x.fuel - 1
            if x.fuel == 0:
                break
            i = m.tables.code[x.pc]
            x.quick = m.tables.entries[x.pc]
            continue
        if x.stop == Stop.LEFT or x.stop == Stop.CHECK:
            x.clock = x.clock + i.cost
            x.fuel = x.fuel - 1
            break
        x.pc = x.pc - 1
        if x.stop != Stop.AGAIN:
            break


@dataclass(frozen=True, slots=True)
class Formed:
    """The rows of a code table (in the order of the fields of `Insn`) with `quick` filled in, and what belongs to them
    in `Tables`.
    """

    rows: list[Row]
    forms: list[int]
    entries: list[int]
    quick_shift: int


def formed(rows: Sequence[Row], starts: Iterable[int], most: int, block: int) -> Formed:
    """Give each row its form.

    Control comes to `starts` from anywhere. What costs more than `most` gets no form: all would be taken to cost that.
    Every CPU's block has at least `block` words.
    """
    names = tuple(ROWS)
    forms = [
        form_of(names[op], Operands(flags, a != NOREG, t != 0, a == NOREG and 0 <= imm < block))
        if cost <= most
        else NONE
        for imm, cost, op, flags, _, _, t, _, a, _, _ in rows
    ]
    dearest = max((row[1] for row, form in zip(rows, forms, strict=True) if form), default=0)
    shift = dearest.bit_length() if dearest else FREE
    # Where nothing costs anything it does not matter who pays.
    turns = {*starts, *_turns(rows)} if dearest else set[int]()
    chained = list(_chained(rows, forms, turns))
    quick = [TURN if form and pc in turns else form for pc, form in enumerate(chained)]
    entries = [TURN if form and dearest else form for form in chained]
    filled = [(*row[:5], form, *row[6:]) for row, form in zip(rows, quick, strict=True)]
    return Formed(filled, chained, entries, shift)


def _chained(rows: Sequence[Row], forms: Sequence[int], turns: set[int]) -> Iterator[int]:
    """The best chain that begins at each instruction, or else its own form. None goes over a change of account."""
    for pc, form in enumerate(forms):
        yield next((each.number for each in chains_from(form) if each.fits(rows, forms, turns, pc)), form)


def _turns(rows: Sequence[Row]) -> Iterable[int]:
    """Where control may come from an instruction of another account, other than by a return or a table."""
    kinds = tuple(ROWS.values())
    for pc, (_, _, op, _, acct, _, t, *_) in enumerate(rows):
        ends = kinds[op].ends
        if ends in ("jump", "branch", "call") and kinds[op].name != "CALLR" and rows[t][4] != acct:
            yield t
        if ends not in ("jump", "return") and pc + 1 < len(rows) and rows[pc + 1][4] != acct:
            yield pc + 1
