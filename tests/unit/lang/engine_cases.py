"""Structs and functions of the engine dialect that the tests of layout, plain and native share."""

from __future__ import annotations

from splx.lang.marks import chain, counting, following, noinline, threaded
from splx.lang.struct import Array, Size, Slice, Struct, array
from splx.lang.types import i8, i16, i32, i64, u8, u16, u32

CPUS = Size("CPUS")
WORDS = Size("WORDS")
LIMIT = 10


class Insn(Struct):
    op: u8
    dst: u16
    flag: bool
    t: i32
    imm: i64


class Cpu(Struct):
    clock: i64
    mode: u8
    watch: Array[i16] = array(3)


class Machine(Struct):
    now: i64
    halted: bool
    small: i8
    unsigned: u32
    cpus: Array[Cpu] = array(CPUS)
    mem: Array[i64] = array(WORDS)
    bytes_: Array[u8] = array(5)
    flags: Array[bool] = array(2)
    inner: Cpu
    code: Array[Insn] = array(4)
    times: Slice[i64]


class Exec(Struct):
    pc: i64
    left: i64
    narrow: u8
    stop: bool


def arithmetic(m: Machine, a: int, b: int) -> int:
    m.mem[0] = a // b
    m.mem[1] = a % b
    m.mem[2] = a >> (b & 127)
    m.mem[3] = min(a, b) - max(a, b) + abs(a)
    m.mem[4] = int(a < b) + (a & b) + (a | b) + (a ^ b) + ~a
    m.mem[5] = a // 8 + a % 8 + a // 7 + a % 7 + a // -3 + a % -3
    m.mem[6] = (a & 0xFFFF) << (b & 15)
    return m.mem[0] if a > b else -m.mem[1]


def widths(m: Machine, value: int) -> None:
    m.small = value
    m.unsigned = value + 200
    m.bytes_[1] = value + 200
    m.halted = value < 0
    m.flags[1] = not m.halted
    m.now = m.small + m.unsigned


def references(m: Machine, n: int) -> int:
    cpu = m.cpus[n]
    cpu.clock = cpu.clock + 5
    cpu.watch[2] = n
    m.inner.watch[1] = cpu.watch[2] - 1
    same = m.cpus[n]
    other = m.inner
    return int(same == cpu) * 2 + int(other != cpu)


def triangle(n: int) -> int:
    total = 0
    for k in range(1, n + 1):
        total += k
    return total


def loops(m: Machine, n: int) -> int:
    seen = 0
    for k in range(n, -n, -3):
        if k == 2:
            continue
        if seen > LIMIT:
            break
        seen += 1
        m.mem[seen] = k + 100
    while True:
        seen += 1
        if seen >= 20 or (m.halted and seen > 3):
            return seen + triangle(n)


def step_add(m: Machine, x: Exec, e: Insn) -> int:
    m.now = m.now + e.imm
    x.pc += 1
    return 1


def step_jump(m: Machine, x: Exec, e: Insn) -> int:
    x.pc = e.t
    x.narrow = x.narrow + 1
    return 2


@noinline
def step_stop(m: Machine, x: Exec, e: Insn) -> int:
    x.stop = True
    m.halted = e.flag
    return 3


STEPS = (step_add, step_jump, step_stop, step_add)


def interpret(m: Machine, budget: int) -> int:
    x = Exec()
    x.left = budget
    cost = 0
    while not x.stop and x.left > 0:
        e = m.code[x.pc]
        cost += STEPS[e.op](m, x, e)
        x.left -= 1
    m.mem[0] = x.pc
    m.mem[1] = x.narrow
    return cost


def total_of_slice(m: Machine, first: int) -> int:
    total = len(m.times) - 4
    for k in range(first, first + 3):
        total += m.times[k]
    m.times[first] = total
    return total


def lengths(m: Machine) -> int:
    return CPUS * 100 + WORDS


def is_negative(a: int, strict: bool) -> bool:
    return a < 0 if strict else a <= 0


def stay(m: Machine, x: Exec, i: Insn) -> None:
    """Nothing but the next."""


def add(m: Machine, x: Exec, i: Insn) -> None:
    m.mem[i.dst] = m.mem[i.dst] + i.imm


def back(m: Machine, x: Exec, i: Insn) -> None:
    if m.mem[i.dst] < LIMIT:
        x.pc = i.t


def halt(m: Machine, x: Exec, i: Insn) -> None:
    x.stop = True


OPS = (stay, add, back, halt)


@threaded
def go(m: Machine, x: Exec) -> None:
    i = m.code[x.pc]
    while x.left != 0:
        x.stop = False
        x.pc = x.pc + 1
        OPS[i.op](m, x, i)
        if x.stop:
            x.narrow = 200
            break
        x.left = x.left - 1
        i = m.code[x.pc]
        if x.pc == 1:
            m.now = m.now + 1
            continue
        m.now = m.now + 100


def threads_run(m: Machine, left: int) -> int:
    x = Exec()
    x.left = left
    x.narrow = 7
    go(m, x)
    m.unsigned = x.left
    m.halted = x.stop
    return x.pc * 1000 + x.narrow


class Step(Struct):
    form: u8
    into: u8
    of: u8
    imm: i64


class Track(Struct):
    steps: Array[Step] = array(8)
    cells: Array[i64] = array(8)
    odd: Array[Insn] = array(2)


class Walker(Struct):
    at: i64
    base: i64
    form: i64
    left: i64
    stop: bool


def set_cell(t: Track, w: Walker, s: Step) -> None:
    t.cells[w.base + s.into] = s.imm


def double_cell(t: Track, w: Walker, s: Step) -> None:
    t.cells[w.base + s.into] = 2 * t.cells[w.base + s.of]


def one_further(t: Track, w: Walker, s: Step) -> None:
    w.at = s.imm
    w.base = w.base + 1


def walk_out(t: Track, w: Walker, s: Step) -> None:
    w.stop = True


set_and_double = chain("set and double", set_cell, ((double_cell, (("of", 0, "into"),)),))
WALKS = (set_cell, double_cell, one_further, walk_out, set_and_double)


@counting(at="steps", base="cells")
@threaded
def walk(t: Track, w: Walker) -> None:
    s = t.steps[w.at]
    while w.left != 0:
        w.at = w.at + 1
        WALKS[w.form](t, w, s)
        w.left = w.left - 1
        if w.stop:
            break
        if s.form == 2:
            s = t.steps[w.at]
            w.form = s.form
            continue
        s = t.steps[following(w.at)]
        w.form = s.form


def walks(t: Track, left: int) -> int:
    w = Walker()
    w.left = left
    w.form = t.steps[0].form
    walk(t, w)
    return w.at * 1000 + w.base * 100 + w.left


@counting(at="odd")
@threaded
def by_odd_steps(t: Track, w: Walker) -> None:
    s = t.steps[0]
    while w.left != 0:
        WALKS[w.at](t, w, s)


def counting_odd_items(t: Track) -> None:
    w = Walker()
    by_odd_steps(t, w)


@threaded
def not_a_loop(m: Machine, x: Exec) -> None:
    x.pc = x.pc + 1


@threaded
def without_a_table(m: Machine, x: Exec) -> None:
    while x.left != 0:
        x.left = x.left - 1


@threaded
def too_much(m: Machine, x: Exec, a: int, b: int, c: int, d: int, e: int, f: int) -> None:
    while x.left + a + b + c + d + e + f != 0:
        x.left = x.left + x.narrow + int(x.stop)
        OPS[x.left](m, x, m.code[x.pc])


def wrongly_threaded(m: Machine) -> None:
    x = Exec()
    not_a_loop(m, x)


def threaded_without_a_table(m: Machine) -> None:
    x = Exec()
    without_a_table(m, x)


def threaded_with_too_much(m: Machine) -> None:
    x = Exec()
    too_much(m, x, 1, 2, 3, 4, 5, 6)
