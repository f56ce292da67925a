"""Instructions on registers: arithmetic, selection, branches, calls."""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.lang.wide import bit, popcount, ushr, wadd, wmul, wsub
from splx.lang.wide import ctz as lowest
from splx.lang.wide import fls as highest
from splx.machine.constants import F_IMM, F_NUM, Finding, Stop
from splx.machine.costs import Cost
from splx.machine.rows import row
from splx.machine.state import FUNCS, Exec, Insn, Machine


@inline
def operand(m: Machine, x: Exec, i: Insn) -> int:
    """The value of operand B."""
    return i.imm if (i.flags & F_IMM) != 0 else m.state.regs[x.rb + i.b]


@inline
def number(m: Machine, x: Exec, i: Insn) -> int:
    """The value of operand N."""
    return (i.b ^ 0x8000) - 0x8000 if (i.flags & F_NUM) != 0 else m.state.regs[x.rb + i.b]


@inline
def reg(m: Machine, x: Exec, n: int) -> int:
    """The value of register `n` of the running context."""
    return m.state.regs[x.rb + n]


@inline
def put(m: Machine, x: Exec, n: int, value: int) -> None:
    """Set register `n` of the running context."""
    m.state.regs[x.rb + n] = value


@inline
def fail(x: Exec, finding: int, arg: int, arg2: int) -> None:
    """End the run: the instruction broke a rule of the machine."""
    x.stop = Stop.FINDING
    x.arg = finding
    x.arg2 = arg
    x.extra = arg2


@row("NOP", "", "does nothing")
@inline
def nop(m: Machine, x: Exec, i: Insn) -> None:
    """Take its cost and go on."""


@row("MOV", "dst B", "{dst} := {B}")
@inline
def mov(m: Machine, x: Exec, i: Insn) -> None:
    """Copy a register or load an immediate."""
    put(m, x, i.dst, operand(m, x, i))


@row("ADD", "dst a B", "{dst} := {a} + {B}")
@inline
def add(m: Machine, x: Exec, i: Insn) -> None:
    """Sum, wrapped to 64 bits."""
    put(m, x, i.dst, wadd(reg(m, x, i.a), operand(m, x, i)))


@row("SUB", "dst a B", "{dst} := {a} - {B}")
@inline
def sub(m: Machine, x: Exec, i: Insn) -> None:
    """Difference, wrapped to 64 bits."""
    put(m, x, i.dst, wsub(reg(m, x, i.a), operand(m, x, i)))


@row("MUL", "dst a B", "{dst} := {a} * {B}", cost=Cost.MUL)
@inline
def mul(m: Machine, x: Exec, i: Insn) -> None:
    """Product, wrapped to 64 bits."""
    put(m, x, i.dst, wmul(reg(m, x, i.a), operand(m, x, i)))


@row("DIV", "dst a B", "{dst} := {a} // {B}", cost=Cost.DIV)
@inline
def div(m: Machine, x: Exec, i: Insn) -> None:
    """Floor division; by zero, or the one quotient that does not fit, is a finding."""
    by = operand(m, x, i)
    if by == 0 or by == -1:
        if by == 0:
            fail(x, Finding.DIVIDE, 0, 0)
        else:
            put(m, x, i.dst, wsub(0, reg(m, x, i.a)))
    else:
        put(m, x, i.dst, reg(m, x, i.a) // by)


@row("MOD", "dst a B", "{dst} := {a} % {B}", cost=Cost.DIV)
@inline
def mod(m: Machine, x: Exec, i: Insn) -> None:
    """Remainder with the sign of the divisor; by zero is a finding."""
    by = operand(m, x, i)
    if by == 0 or by == -1:
        if by == 0:
            fail(x, Finding.DIVIDE, 0, 0)
        else:
            put(m, x, i.dst, 0)
    else:
        put(m, x, i.dst, reg(m, x, i.a) % by)


@row("AND", "dst a B", "{dst} := {a} & {B}")
@inline
def and_(m: Machine, x: Exec, i: Insn) -> None:
    """Bitwise and."""
    put(m, x, i.dst, reg(m, x, i.a) & operand(m, x, i))


@row("OR", "dst a B", "{dst} := {a} | {B}")
@inline
def or_(m: Machine, x: Exec, i: Insn) -> None:
    """Bitwise or."""
    put(m, x, i.dst, reg(m, x, i.a) | operand(m, x, i))


@row("XOR", "dst a B", "{dst} := {a} ^ {B}")
@inline
def xor(m: Machine, x: Exec, i: Insn) -> None:
    """Bitwise exclusive or."""
    put(m, x, i.dst, reg(m, x, i.a) ^ operand(m, x, i))


@inline
def shifted(value: int, by: int) -> int:
    """A word shifted left by 0 to 63."""
    return wmul(value, 1 << by) if by < 63 else (value & 1) * (-1 << 63)


@row("SHL", "dst a B", "{dst} := {a} << {B}, {B} modulo 64")
@inline
def shl(m: Machine, x: Exec, i: Insn) -> None:
    """Shift left; the distance counts modulo 64."""
    put(m, x, i.dst, shifted(reg(m, x, i.a), operand(m, x, i) & 63))


@row("SHR", "dst a B", "{dst} := {a} >> {B}, {B} modulo 64")
@inline
def shr(m: Machine, x: Exec, i: Insn) -> None:
    """Arithmetic shift right; the distance counts modulo 64."""
    put(m, x, i.dst, reg(m, x, i.a) >> (operand(m, x, i) & 63))


@row("USHR", "dst a B", "{dst} := {a} >> {B}, unsigned, {B} modulo 64")
@inline
def ushr_(m: Machine, x: Exec, i: Insn) -> None:
    """Logical shift right; the distance counts modulo 64."""
    put(m, x, i.dst, ushr(reg(m, x, i.a), operand(m, x, i) & 63))


@row("BSET", "dst a B", "{dst} := {a} with bit {B} modulo 64 set")
@inline
def bset(m: Machine, x: Exec, i: Insn) -> None:
    """Set a bit; its number counts modulo 64."""
    put(m, x, i.dst, reg(m, x, i.a) | bit(operand(m, x, i) & 63))


@row("BCLR", "dst a B", "{dst} := {a} with bit {B} modulo 64 clear")
@inline
def bclr(m: Machine, x: Exec, i: Insn) -> None:
    """Clear a bit; its number counts modulo 64."""
    put(m, x, i.dst, reg(m, x, i.a) & ~bit(operand(m, x, i) & 63))


@row("BINV", "dst a B", "{dst} := {a} with bit {B} modulo 64 inverted")
@inline
def binv(m: Machine, x: Exec, i: Insn) -> None:
    """Invert a bit; its number counts modulo 64."""
    put(m, x, i.dst, reg(m, x, i.a) ^ bit(operand(m, x, i) & 63))


@row("MIN", "dst a B", "{dst} := the lesser of {a} and {B}")
@inline
def min_(m: Machine, x: Exec, i: Insn) -> None:
    """The lesser of two."""
    put(m, x, i.dst, min(reg(m, x, i.a), operand(m, x, i)))


@row("MAX", "dst a B", "{dst} := the greater of {a} and {B}")
@inline
def max_(m: Machine, x: Exec, i: Insn) -> None:
    """The greater of two."""
    put(m, x, i.dst, max(reg(m, x, i.a), operand(m, x, i)))


@row("SEQ", "dst a B", "{dst} := {a} == {B}")
@inline
def seq(m: Machine, x: Exec, i: Insn) -> None:
    """1 if equal, else 0."""
    put(m, x, i.dst, int(reg(m, x, i.a) == operand(m, x, i)))


@row("SNE", "dst a B", "{dst} := {a} != {B}")
@inline
def sne(m: Machine, x: Exec, i: Insn) -> None:
    """1 if different, else 0."""
    put(m, x, i.dst, int(reg(m, x, i.a) != operand(m, x, i)))


@row("SLT", "dst a B", "{dst} := {a} < {B}")
@inline
def slt(m: Machine, x: Exec, i: Insn) -> None:
    """1 if less, else 0."""
    put(m, x, i.dst, int(reg(m, x, i.a) < operand(m, x, i)))


@row("SLE", "dst a B", "{dst} := {a} <= {B}")
@inline
def sle(m: Machine, x: Exec, i: Insn) -> None:
    """1 if less or equal, else 0."""
    put(m, x, i.dst, int(reg(m, x, i.a) <= operand(m, x, i)))


@row("SGT", "dst a B", "{dst} := {a} > {B}")
@inline
def sgt(m: Machine, x: Exec, i: Insn) -> None:
    """1 if greater, else 0."""
    put(m, x, i.dst, int(reg(m, x, i.a) > operand(m, x, i)))


@row("SGE", "dst a B", "{dst} := {a} >= {B}")
@inline
def sge(m: Machine, x: Exec, i: Insn) -> None:
    """1 if greater or equal, else 0."""
    put(m, x, i.dst, int(reg(m, x, i.a) >= operand(m, x, i)))


@row("SEL", "dst a b c", "{dst} := {b} if {a} else {c}")
@inline
def sel(m: Machine, x: Exec, i: Insn) -> None:
    """A conditional move: both sides are read."""
    yes = reg(m, x, i.b)
    no = reg(m, x, i.c)
    put(m, x, i.dst, yes if reg(m, x, i.a) != 0 else no)


@row("FLS", "dst a", "{dst} := index of the highest set bit of {a}, -1 if none")
@inline
def fls_(m: Machine, x: Exec, i: Insn) -> None:
    """Highest set bit."""
    put(m, x, i.dst, highest(reg(m, x, i.a)))


@row("CTZ", "dst a", "{dst} := index of the lowest set bit of {a}, 64 if none")
@inline
def ctz_(m: Machine, x: Exec, i: Insn) -> None:
    """Lowest set bit."""
    put(m, x, i.dst, lowest(reg(m, x, i.a)))


@row("POPC", "dst a", "{dst} := number of set bits of {a}")
@inline
def popc(m: Machine, x: Exec, i: Insn) -> None:
    """Population count."""
    put(m, x, i.dst, popcount(reg(m, x, i.a)))


@row("JMP", "t", "goes to {t}", cost=Cost.BRANCH, ends="jump")
@inline
def jmp(m: Machine, x: Exec, i: Insn) -> None:
    """Unconditional."""
    x.pc = i.t


@row("BEQ", "a B t", "goes to {t} if {a} == {B}", cost=Cost.BRANCH, ends="branch")
@inline
def beq(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if equal."""
    x.pc = i.t if reg(m, x, i.a) == operand(m, x, i) else x.pc


@row("BNE", "a B t", "goes to {t} if {a} != {B}", cost=Cost.BRANCH, ends="branch")
@inline
def bne(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if different."""
    x.pc = i.t if reg(m, x, i.a) != operand(m, x, i) else x.pc


@row("BLT", "a B t", "goes to {t} if {a} < {B}", cost=Cost.BRANCH, ends="branch")
@inline
def blt(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if less."""
    x.pc = i.t if reg(m, x, i.a) < operand(m, x, i) else x.pc


@row("BLE", "a B t", "goes to {t} if {a} <= {B}", cost=Cost.BRANCH, ends="branch")
@inline
def ble(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if less or equal."""
    x.pc = i.t if reg(m, x, i.a) <= operand(m, x, i) else x.pc


@row("BGT", "a B t", "goes to {t} if {a} > {B}", cost=Cost.BRANCH, ends="branch")
@inline
def bgt(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if greater."""
    x.pc = i.t if reg(m, x, i.a) > operand(m, x, i) else x.pc


@row("BGE", "a B t", "goes to {t} if {a} >= {B}", cost=Cost.BRANCH, ends="branch")
@inline
def bge(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if greater or equal."""
    x.pc = i.t if reg(m, x, i.a) >= operand(m, x, i) else x.pc


@row("BANY", "a B t", "goes to {t} if {a} & {B} is not 0", cost=Cost.BRANCH, ends="branch")
@inline
def bany(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if any of these bits is set."""
    x.pc = i.t if (reg(m, x, i.a) & operand(m, x, i)) != 0 else x.pc


@row("BNONE", "a B t", "goes to {t} if {a} & {B} is 0", cost=Cost.BRANCH, ends="branch")
@inline
def bnone(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if none of these bits is set."""
    x.pc = i.t if (reg(m, x, i.a) & operand(m, x, i)) == 0 else x.pc


@row("CALL", "dst t", "calls {t}", cost=Cost.CALL, ends="call")
@inline
def call(m: Machine, x: Exec, i: Insn) -> None:
    """The return address goes to the callee's link register; arguments are in its window already."""
    put(m, x, i.dst, x.pc)
    x.pc = i.t


@row("CALLR", "dst a", "calls function {a}", cost=Cost.CALL, ends="call")
@inline
def callr(m: Machine, x: Exec, i: Insn) -> None:
    """A call through a function number."""
    number = reg(m, x, i.a)
    if number <= 0 or number >= FUNCS:
        fail(x, Finding.BAD_FUNCTION, number, 0)
    else:
        put(m, x, i.dst, x.pc)
        x.pc = m.tables.func_pc[number]


@row("RET", "a", "returns", cost=Cost.CALL, ends="return")
@inline
def ret(m: Machine, x: Exec, i: Insn) -> None:
    """Back to the address in the link register."""
    x.pc = reg(m, x, i.a)
