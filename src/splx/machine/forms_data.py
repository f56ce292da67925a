"""Quick forms of instructions on registers: arithmetic, branches, calls, assertions."""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.lang.wide import wadd, wsub
from splx.machine import ops_data
from splx.machine.constants import F_IMM, Stop
from splx.machine.forms import adopt, form
from splx.machine.ops_data import put, reg, shifted
from splx.machine.rows import REGISTERED
from splx.machine.state import FUNCS, Exec, Insn, Machine


@form("MOV", on=F_IMM)
@inline
def mov_number(m: Machine, x: Exec, i: Insn) -> None:
    """Load an immediate."""
    put(m, x, i.dst, i.imm)


@form("MOV")
@inline
def mov_register(m: Machine, x: Exec, i: Insn) -> None:
    """Copy a register."""
    put(m, x, i.dst, reg(m, x, i.b))


@form("ADD", on=F_IMM)
@inline
def add_number(m: Machine, x: Exec, i: Insn) -> None:
    """Sum with an immediate."""
    put(m, x, i.dst, wadd(reg(m, x, i.a), i.imm))


@form("ADD")
@inline
def add_register(m: Machine, x: Exec, i: Insn) -> None:
    """Sum of two registers."""
    put(m, x, i.dst, wadd(reg(m, x, i.a), reg(m, x, i.b)))


@form("SUB", on=F_IMM)
@inline
def sub_number(m: Machine, x: Exec, i: Insn) -> None:
    """Difference to an immediate."""
    put(m, x, i.dst, wsub(reg(m, x, i.a), i.imm))


@form("AND", on=F_IMM)
@inline
def and_number(m: Machine, x: Exec, i: Insn) -> None:
    """Bitwise and with an immediate."""
    put(m, x, i.dst, reg(m, x, i.a) & i.imm)


@form("SHL", on=F_IMM)
@inline
def shl_number(m: Machine, x: Exec, i: Insn) -> None:
    """Shift left by a known distance."""
    put(m, x, i.dst, shifted(reg(m, x, i.a), i.imm & 63))


@form("SHR", on=F_IMM)
@inline
def shr_number(m: Machine, x: Exec, i: Insn) -> None:
    """Shift right by a known distance."""
    put(m, x, i.dst, reg(m, x, i.a) >> (i.imm & 63))


@inline
def go(x: Exec, i: Insn) -> None:
    """Go to the target."""
    x.pc = i.t
    x.stop = Stop.TAKEN


@inline
def branch(x: Exec, i: Insn, holds: bool) -> None:
    """Go to the target if the test holds."""
    if holds:
        go(x, i)


@inline
def claim(x: Exec, holds: bool) -> None:
    """What is asserted holds, or it is for the clause."""
    if not holds:
        x.stop = Stop.REDO


@form("BEQ", on=F_IMM)
@inline
def beq_number(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if equal to an immediate."""
    branch(x, i, reg(m, x, i.a) == i.imm)


@form("BEQ")
@inline
def beq_register(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if equal to a register."""
    branch(x, i, reg(m, x, i.a) == reg(m, x, i.b))


@form("BNE", on=F_IMM)
@inline
def bne_number(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if different from an immediate."""
    branch(x, i, reg(m, x, i.a) != i.imm)


@form("BNE")
@inline
def bne_register(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if different from a register."""
    branch(x, i, reg(m, x, i.a) != reg(m, x, i.b))


@form("BLT", on=F_IMM)
@inline
def blt_number(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if less than an immediate."""
    branch(x, i, reg(m, x, i.a) < i.imm)


@form("BLT")
@inline
def blt_register(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if less than a register."""
    branch(x, i, reg(m, x, i.a) < reg(m, x, i.b))


@form("BLE", on=F_IMM)
@inline
def ble_number(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if less or equal to an immediate."""
    branch(x, i, reg(m, x, i.a) <= i.imm)


@form("BLE")
@inline
def ble_register(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if less or equal to a register."""
    branch(x, i, reg(m, x, i.a) <= reg(m, x, i.b))


@form("BGT", on=F_IMM)
@inline
def bgt_number(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if greater than an immediate."""
    branch(x, i, reg(m, x, i.a) > i.imm)


@form("BGT")
@inline
def bgt_register(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if greater than a register."""
    branch(x, i, reg(m, x, i.a) > reg(m, x, i.b))


@form("BGE", on=F_IMM)
@inline
def bge_number(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if greater or equal to an immediate."""
    branch(x, i, reg(m, x, i.a) >= i.imm)


@form("BGE")
@inline
def bge_register(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if greater or equal to a register."""
    branch(x, i, reg(m, x, i.a) >= reg(m, x, i.b))


@form("BANY", on=F_IMM)
@inline
def bany_number(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if any bit of an immediate is set."""
    branch(x, i, (reg(m, x, i.a) & i.imm) != 0)


@form("BANY")
@inline
def bany_register(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if any bit of a register is set."""
    branch(x, i, (reg(m, x, i.a) & reg(m, x, i.b)) != 0)


@form("BNONE", on=F_IMM)
@inline
def bnone_number(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if no bit of an immediate is set."""
    branch(x, i, (reg(m, x, i.a) & i.imm) == 0)


@form("BNONE")
@inline
def bnone_register(m: Machine, x: Exec, i: Insn) -> None:
    """Branch if no bit of a register is set."""
    branch(x, i, (reg(m, x, i.a) & reg(m, x, i.b)) == 0)


@form("AEQ", on=F_IMM)
@inline
def aeq_number(m: Machine, x: Exec, i: Insn) -> None:
    """It is equal to an immediate."""
    claim(x, reg(m, x, i.a) == i.imm)


@form("AEQ")
@inline
def aeq_register(m: Machine, x: Exec, i: Insn) -> None:
    """It is equal to a register."""
    claim(x, reg(m, x, i.a) == reg(m, x, i.b))


@form("ANE", on=F_IMM)
@inline
def ane_number(m: Machine, x: Exec, i: Insn) -> None:
    """It is different from an immediate."""
    claim(x, reg(m, x, i.a) != i.imm)


@form("ANE")
@inline
def ane_register(m: Machine, x: Exec, i: Insn) -> None:
    """It is different from a register."""
    claim(x, reg(m, x, i.a) != reg(m, x, i.b))


@form("ALT", on=F_IMM)
@inline
def alt_number(m: Machine, x: Exec, i: Insn) -> None:
    """It is less than an immediate."""
    claim(x, reg(m, x, i.a) < i.imm)


@form("ALT")
@inline
def alt_register(m: Machine, x: Exec, i: Insn) -> None:
    """It is less than a register."""
    claim(x, reg(m, x, i.a) < reg(m, x, i.b))


@form("ALE", on=F_IMM)
@inline
def ale_number(m: Machine, x: Exec, i: Insn) -> None:
    """It is less or equal to an immediate."""
    claim(x, reg(m, x, i.a) <= i.imm)


@form("ALE")
@inline
def ale_register(m: Machine, x: Exec, i: Insn) -> None:
    """It is less or equal to a register."""
    claim(x, reg(m, x, i.a) <= reg(m, x, i.b))


@form("AGT", on=F_IMM)
@inline
def agt_number(m: Machine, x: Exec, i: Insn) -> None:
    """It is greater than an immediate."""
    claim(x, reg(m, x, i.a) > i.imm)


@form("AGT")
@inline
def agt_register(m: Machine, x: Exec, i: Insn) -> None:
    """It is greater than a register."""
    claim(x, reg(m, x, i.a) > reg(m, x, i.b))


@form("AGE", on=F_IMM)
@inline
def age_number(m: Machine, x: Exec, i: Insn) -> None:
    """It is greater or equal to an immediate."""
    claim(x, reg(m, x, i.a) >= i.imm)


@form("AGE")
@inline
def age_register(m: Machine, x: Exec, i: Insn) -> None:
    """It is greater or equal to a register."""
    claim(x, reg(m, x, i.a) >= reg(m, x, i.b))


@form("AANY", on=F_IMM)
@inline
def aany_number(m: Machine, x: Exec, i: Insn) -> None:
    """Some bit of an immediate is set."""
    claim(x, (reg(m, x, i.a) & i.imm) != 0)


@form("AANY")
@inline
def aany_register(m: Machine, x: Exec, i: Insn) -> None:
    """Some bit of a register is set."""
    claim(x, (reg(m, x, i.a) & reg(m, x, i.b)) != 0)


@form("ANONE", on=F_IMM)
@inline
def anone_number(m: Machine, x: Exec, i: Insn) -> None:
    """No bit of an immediate is set."""
    claim(x, (reg(m, x, i.a) & i.imm) == 0)


@form("ANONE")
@inline
def anone_register(m: Machine, x: Exec, i: Insn) -> None:
    """No bit of a register is set."""
    claim(x, (reg(m, x, i.a) & reg(m, x, i.b)) == 0)


@form("ASSERT")
@inline
def assert_(m: Machine, x: Exec, i: Insn) -> None:
    """It holds."""
    claim(x, reg(m, x, i.a) != 0)


@form("CALLR")
@inline
def callr(m: Machine, x: Exec, i: Insn) -> None:
    """A call of a function that there is."""
    number = reg(m, x, i.a)
    if number <= 0 or number >= FUNCS:
        x.stop = Stop.REDO
    else:
        put(m, x, i.dst, x.pc)
        x.pc = m.tables.func_pc[number]
        x.stop = Stop.JUMPED


@form("JMP")
@inline
def jmp(m: Machine, x: Exec, i: Insn) -> None:
    """Go to the target."""
    go(x, i)


@form("CALL")
@inline
def call(m: Machine, x: Exec, i: Insn) -> None:
    """Go to a function; where to return to is kept in a register."""
    put(m, x, i.dst, x.pc)
    go(x, i)


@form("RET")
@inline
def ret(m: Machine, x: Exec, i: Insn) -> None:
    """Back."""
    x.pc = reg(m, x, i.a)
    x.stop = Stop.JUMPED


#: rows whose clauses are their forms.
PLAIN = ("NOP", "SUB", "MUL", "AND", "OR", "XOR", "SHL", "SHR", "USHR", "BSET", "BCLR", "BINV", "MIN", "MAX", "SEQ",
         "SNE", "SLT", "SLE", "SGT", "SGE", "SEL", "FLS", "CTZ", "POPC")  # fmt: skip
assert all(REGISTERED[name].clause.__module__ == ops_data.__name__ for name in PLAIN)
adopt((name, REGISTERED[name].clause) for name in PLAIN)
