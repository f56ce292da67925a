"""Quick forms: each leaves what the clause of its row leaves, or leaves the instruction to it."""

import random
from array import array
from functools import cache

import pytest
from tests.bench.machines import CPUS, DEVS, REGS, SIZES, threads
from tests.bench.machines import machine as some_machine

from splx.lang.buffer import Buffer
from splx.lang.native import compile_native
from splx.lang.plain import plain
from splx.machine.chains import CHAINS, COLUMN, WRITTEN
from splx.machine.constants import F_IMM, F_NUM, F_OWN, F_SHARED, NOREG, DevReg, Mark, Mode, Stop
from splx.machine.dash import FREE, SLICE, WORTH, dash, formed, within
from splx.machine.forms import FAR_STORE_INDEXED, FIRST, NONE, REGISTERED, TURN, Operands, form_of
from splx.machine.run import boot, run
from splx.machine.state import Exec, Machine
from splx.machine.table import ROWS

ACCOUNT = 4  # the column of a row
AT = 100  # where the instruction stands
NEXT, TARGET = AT + 1, AT + 40
DRAWS = 12
STEPS = WORTH + 4
WORDS = [1, 5, 9, 127, 128, 130, 191, 192, 200, 255, 1023, 1024, -1, 0, 3, 7]
#: what registers hold where most words would be no good
FITTING = {"RET": [NEXT, TARGET], "BECOME": range(24), "SWITCH": range(24), "DEVRD": range(8), "MARK": range(8)}


@pytest.fixture(scope="module")
def natively():
    return compile_native([boot, run], SIZES)["run"]


background = cache(some_machine)


def instruction(rng, form):
    """Fields of an instruction that the form is for, with odd ones among them."""
    row = ROWS[form.row]
    flags = form.on | (F_SHARED if row.shared else 0)
    for kind, flag in (("B", F_IMM), ("N", F_NUM), ("a?", F_OWN)):
        if kind in row.operands and not form.off & flag and rng.random() < 0.5:
            flags |= flag
    given = (
        form.based is not False and not form.within and ("a?" not in row.operands or form.based or rng.random() < 0.5)
    )
    t = {"t": TARGET, "bits": rng.choice([8, -8, 3])}.get(next((k for k in row.operands if k in ("t", "bits")), ""), 0)
    if form.row == "CAS2P":
        t = 5
    if form.bits is False:
        t = 0
    imm = rng.choice([*WORDS, rng.randrange(-(1 << 62), 1 << 62)])
    imm = {
        "BECOME": rng.randrange(9),
        "DEVRD": rng.choice([DevReg.POP, DevReg.COUNT]),
        "MARK": rng.choice(list(Mark)),
        "STAT": 3,
    }.get(form.row, imm)
    imm = rng.randrange(8) if form.within else imm
    dst = NOREG if form.row == "IRQOFF" and rng.random() < 0.5 else rng.randrange(12)
    a, b, c = (rng.randrange(12) for _ in range(3))
    return (imm, 70, row.code, flags, rng.choice([0, 7]), 0, t, dst, a if given else NOREG, b, c)


def stretch(rng, chain):
    """Instructions that a chain is for."""
    made = []
    for numbers, reads in zip(chain.forms, chain.reads, strict=True):
        fields = list(instruction(rng, REGISTERED[min(numbers) - FIRST]))
        for register, earlier in reads:
            fields[COLUMN[register]] = made[earlier][WRITTEN]
        fields[ACCOUNT] = made[0][ACCOUNT] if made else fields[ACCOUNT]
        made.append(tuple(fields))
    return made


def prepared(seed, form, *, run_ahead, chain=None):
    """A machine whose CPU 0 is before such an instruction, or those of a chain, and nobody else does anything."""
    rng = random.Random(seed)
    buffer = background(seed % 6).copy()
    m = buffer.view()
    m.tables.run_ahead = int(run_ahead)
    nop = (0, 50, ROWS["NOP"].code, 0, 0, 0, 0, 0, 0, 0, 0)
    rows = [nop] * AT + (stretch(rng, chain) if chain else [instruction(rng, form)]) + [nop] * 80
    found = formed(rows, (TARGET,), 1000, 8)
    buffer.fill("tables.code", found.rows)
    buffer.array("tables.forms")[: len(rows)] = array("B", found.forms)
    buffer.array("tables.entries")[: len(rows)] = array("B", found.entries)
    m.tables.quick_shift = found.quick_shift
    m.tables.transfer[0] = m.tables.transfer[1] = m.tables.transfer[2] = rng.choice([0, 40])
    for c in range(1, CPUS):
        m.beside.cpus[c].mode = Mode.HALTED
    ctx = threads(0)[0]
    m.state.pc[ctx] = AT
    m.state.below[ctx] = rng.choice([-1, threads(0)[1]])
    for irq in range(DEVS):
        m.state.route[irq] = rng.randrange(2)
    m.beside.cpus[0].deliver = rng.randrange(2)
    for n in range(16):
        odd = rng.choice([n, rng.randrange(-(1 << 63), 1 << 63)])
        m.state.regs[ctx * REGS + n] = rng.choice(FITTING.get(form.row, [*WORDS, odd]))
    for each in range(8, SIZES["CTXS"]):
        m.state.below[each] = rng.choice([-1, 3])
        m.state.pc[each] = TARGET
    buffer.array("beside.share")[:] = array("q", rng.choices([0, 1, 1, 1, 2, 3], k=SIZES["LINES"]))
    buffer.array("state.mem")[:] = array("q", rng.choices(WORDS, k=SIZES["WORDS"]))
    m.beside.until, m.beside.steps_left = 1 << 40, STEPS
    return buffer


def left(buffer, run_):
    """What a few instructions leave."""
    status = run_(buffer)
    return status, *(bytes(buffer.field_bytes(part)) for part in ("state", "beside"))


def id_of(form):
    return f"{form.row}-{form.clause.__name__}"


@pytest.mark.parametrize("form", REGISTERED, ids=id_of)
def test_a_form_leaves_what_the_clause_leaves(natively, form):
    for seed in range(DRAWS):
        first, second = (prepared(seed, form, run_ahead=each) for each in (True, False))
        assert left(first, natively) == left(second, natively), seed


@pytest.mark.parametrize("form", REGISTERED, ids=id_of)
def test_where_nothing_is_unusual_the_form_does_it(form):
    assert any(done_by_form(prepared(seed, form, run_ahead=True)) for seed in range(40))


@pytest.mark.parametrize("chain", CHAINS, ids=lambda each: each.clause.__name__)
def test_a_chain_leaves_what_the_clauses_leave(natively, chain):
    begun = 0
    for seed in range(DRAWS):
        first, second = (
            prepared(seed, REGISTERED[min(chain.forms[-1]) - FIRST], run_ahead=each, chain=chain)
            for each in (True, False)
        )
        begun += first.view().tables.forms[AT] == chain.number
        assert left(first, natively) == left(second, natively), seed
    assert begun


def test_a_chain_is_for_instructions_that_hand_on_their_result():
    load = (0, 5, ROWS["LD"].code, 0, 0, 0, 0, 3, 1, 0, 0)
    branch = [(0, 5, ROWS["BNE"].code, F_IMM, 0, 0, 0, 0, register, 0, 0) for register in (3, 4)]
    chain = next(each for each in CHAINS if each.clause.__name__ == "ld_based bne_number")
    assert formed([load, branch[0]], (), 1000, 0).forms[0] == chain.number
    assert formed([load, branch[1]], (), 1000, 0).forms[0] == form_of(
        "LD", Operands(0, based=True, bits=False, within=False)
    )


def test_no_chain_goes_on_where_somebody_else_begins_to_pay():
    load = (0, 5, ROWS["LD"].code, 0, 0, 0, 0, 3, 1, 0, 0)
    branch = (0, 5, ROWS["BNE"].code, F_IMM, 7, 0, 0, 0, 3, 0, 0)
    alone = form_of("LD", Operands(0, based=True, bits=False, within=False))
    assert formed([load, branch], (), 1000, 0).forms[0] == alone


def done_by_form(buffer):
    """Whether the form does it and leaves nothing to the clause."""
    m, registers = buffer.view(), Buffer(Exec, SIZES)
    x = registers.view()
    x.pc, x.fuel, x.quick = AT, 1, m.tables.forms[AT]
    x.rb, x.pb, x.mine = threads(0)[0] * REGS, m.tables.percpu_base, 1
    plain(dash, SIZES)(buffer, registers)
    return x.fuel == 0 and x.stop != Stop.REDO


def coded(*rows):
    """The forms and the quick forms of instructions: (row, fields)."""
    made = [
        (0, how.get("cost", 0), ROWS[row].code, how.get("flags", 0), how.get("acct", 0), 0, how.get("t", 0), 0,
         how.get("a", 0), 0, 0)
        for row, how in rows
    ]  # fmt: skip
    found = formed(made, (), 1000, 0)
    return found.forms, [row[5] for row in found.rows], found.quick_shift


def test_what_has_no_form_or_is_dear_is_left_to_its_clause():
    forms, quick, shift = coded(("WORK", {}), ("ADD", {"cost": 1001}), ("ADD", {"cost": 1000}))
    assert forms[:2] == quick[:2] == [NONE, NONE]
    assert forms[2] == form_of("ADD", Operands(flags=0, based=True, bits=False, within=False))
    assert 1 << shift >= 1000 > 1 << (shift - 1)


def test_where_forms_cost_nothing_the_clock_is_no_limit():
    _, _, shift = coded(("ADD", {}), ("WORK", {"cost": 5}))
    assert shift == FREE
    buffer: Buffer[Machine] = Buffer(Machine, SIZES)
    buffer.view().tables.quick_shift = FREE
    assert [plain(within, SIZES)(buffer, slack) for slack in (-1, 0, 1)] == [0, SLICE, SLICE]


def test_where_they_cost_as_many_as_surely_begin_in_time():
    buffer: Buffer[Machine] = Buffer(Machine, SIZES)
    buffer.view().tables.quick_shift = 8
    assert [plain(within, SIZES)(buffer, slack) for slack in (-1, 255, 256, 1000)] == [-1, 0, 1, 3]


def test_control_from_another_account_comes_in_by_the_turn():
    lock = {"acct": 7}
    rows = ("NOP", {}), ("NOP", lock), ("NOP", lock), ("BEQ", {**lock, "t": 4}), ("NOP", lock)
    forms, quick, _ = coded(*((row, {**how, "cost": 1}) for row, how in rows))
    assert NONE not in forms
    assert [number == TURN for number in quick] == [False, True, False, False, False]


def test_where_nothing_costs_anything_nobody_asks_who_pays():
    forms, quick, shift = coded(("NOP", {}), ("NOP", {"acct": 7}))
    assert (quick, shift) == (forms, FREE)


@pytest.mark.parametrize("jump", ["JMP", "BNE", "CALL"])
def test_a_jump_to_another_account_goes_there_by_the_turn(jump):
    _, quick, _ = coded((jump, {"t": 2, "acct": 7, "cost": 1}), ("NOP", {"acct": 7}), ("NOP", {"cost": 1}))
    assert quick[2] == TURN


def test_numbers_of_forms_begin_after_those_of_the_dash_itself():
    assert FIRST == FAR_STORE_INDEXED + 1
    assert [each.number for each in CHAINS] == [FIRST + len(REGISTERED) + n for n in range(len(CHAINS))]
    assert CHAINS[-1].number < 256  # they are bytes in the code table


def test_rows_without_a_form_are_those_that_end_a_slice_or_are_rare():
    ends = {"WORK", "HALT", "SPIN", "IPI", "UNMASK", "MASK", "ROUTE", "RETRIG", "DEVWR", "PANIC"}
    rare = {"DIV", "MOD", "ENTER", "SWITCHX", "DETACH", "BELOW", "RDPC", "WRPC", "IRQPEND"}
    rare |= {"LDW", "LDXW"}  # in busy-waits
    rare |= {"DRAW", "CHOOSE", "STAMP", "ELAPSED"}  # of users' code
    assert set(ROWS) - {each.row for each in REGISTERED} == ends | rare
