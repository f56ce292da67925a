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
from splx.machine.constants import F_IMM, F_NUM, F_OWN, F_SHARED, NOREG, DevReg, Mark, Mode, Stop
from splx.machine.dash import FREE, SLICE, WORTH, dash, formed, within
from splx.machine.forms import FAR_STORE_INDEXED, FIRST, NONE, REGISTERED, TURN, Operands, form_of
from splx.machine.run import boot, run
from splx.machine.state import Exec, Machine
from splx.machine.table import ROWS

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


def prepared(seed, form, *, run_ahead):
    """A machine whose CPU 0 is before such an instruction, and nobody else does anything."""
    rng = random.Random(seed)
    buffer = background(seed % 6).copy()
    m = buffer.view()
    m.tables.run_ahead = int(run_ahead)
    nop = (0, 50, ROWS["NOP"].code, 0, 0, 0, 0, 0, 0, 0, 0)
    rows = [nop] * AT + [instruction(rng, form)] + [nop] * 80
    rows, forms, m.tables.quick_shift = formed(rows, (TARGET,), 1000, 8)
    buffer.fill("tables.code", rows)
    buffer.array("tables.forms")[: len(forms)] = array("B", forms)
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
    found, forms, shift = formed(made, (), 1000, 0)
    return forms, [row[5] for row in found], shift


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
    forms, quick, _ = coded(("NOP", {}), ("NOP", lock), ("NOP", lock), ("BEQ", {**lock, "t": 4}), ("NOP", lock))
    assert NONE not in forms
    assert [number == TURN for number in quick] == [False, True, False, False, False]


@pytest.mark.parametrize("jump", ["JMP", "BNE", "CALL"])
def test_a_jump_to_another_account_goes_there_by_the_turn(jump):
    _, quick, _ = coded((jump, {"t": 2, "acct": 7}), ("NOP", {"acct": 7}), ("NOP", {}))
    assert quick[2] == TURN


def test_numbers_of_forms_begin_after_those_of_the_dash_itself():
    assert FIRST == FAR_STORE_INDEXED + 1
    assert len(REGISTERED) + FIRST <= 256  # they are bytes in the code table


def test_rows_without_a_form_are_those_that_end_a_slice_or_are_rare():
    ends = {"WORK", "HALT", "SPIN", "IPI", "UNMASK", "MASK", "ROUTE", "DEVWR", "PANIC"}
    rare = {"DIV", "MOD", "ENTER", "SWITCHX", "DETACH", "BELOW", "RDPC", "WRPC"}
    rare |= {"LDW", "LDXW"}  # in busy-waits
    rare |= {"DRAW", "CHOOSE", "STAMP", "ELAPSED"}  # of users' code
    assert set(ROWS) - {each.row for each in REGISTERED} == ends | rare
