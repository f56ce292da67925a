"""Quick forms of instructions on memory: the line is at hand, the address is good, the value fits.

A line that is elsewhere is fetched by a *far* form, which the near one asks to be executed instead: so near forms stay
short. If that costs time, the slice looks at its limits afterwards; if not, the near form finds the line at hand.
"""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.lang.wide import bit, ctz, ushr, wadd
from splx.machine.constants import ADDRESS_SHIFT, F_NUM, Stop
from splx.machine.costs import Transfer
from splx.machine.forms import FAR_LOAD, FAR_LOAD_INDEXED, FAR_STORE, FAR_STORE_INDEXED, form
from splx.machine.lineown import fetch_line, take_line
from splx.machine.ops_data import number, put, reg
from splx.machine.ops_memory import add_to, base, compare_and_swap, exchange, private
from splx.machine.state import Exec, Insn, Machine


@inline
def mapped(m: Machine, x: Exec, address: int) -> bool:
    """Whether `address` is a word in use; if not, it is for the clause."""
    ok = address > 0 and address < m.tables.words
    if not ok:
        x.stop = Stop.REDO
    return ok


@inline
def spills(value: int, bits: int) -> bool:
    """Whether a value does not fit n bits unsigned or -n bits signed; 0 is not asked for."""
    return (ushr(value, bits) if bits > 0 else ushr(wadd(value, bit(-bits - 1)), -bits)) != 0


@inline
def go_far(x: Exec, far: int) -> None:
    """The line is elsewhere."""
    x.quick = far
    x.stop = Stop.AGAIN


@inline
def read(m: Machine, x: Exec, i: Insn, address: int, far: int) -> None:
    """Load a shared word into `dst`."""
    if mapped(m, x, address):
        if (m.beside.share[address >> ADDRESS_SHIFT] & x.mine) != 0:
            put(m, x, i.dst, m.state.mem[address])
        else:
            go_far(x, far)


@inline
def owned(m: Machine, x: Exec, address: int, far: int) -> bool:
    """Whether the word's line is ours alone."""
    ok = mapped(m, x, address)
    if ok:
        ok = m.beside.share[address >> ADDRESS_SHIFT] == x.mine
        if not ok:
            go_far(x, far)
    return ok


@inline
def write(m: Machine, x: Exec, address: int, value: int, far: int) -> None:
    """Store a shared word."""
    if owned(m, x, address, far):
        m.state.mem[address] = value


@inline
def write_checked(m: Machine, x: Exec, i: Insn, address: int, value: int, far: int) -> None:
    """Store a shared word that has to fit its field."""
    if spills(value, i.t):
        x.stop = Stop.REDO
    else:
        write(m, x, address, value, far)


@inline
def fetched(m: Machine, x: Exec, i: Insn, address: int) -> None:
    """Get a copy of the line of a good address."""
    extra = fetch_line(m, x.mine, address >> ADDRESS_SHIFT)
    if extra != 0:
        x.clock = x.clock + extra
        put(m, x, i.dst, m.state.mem[address])
        x.stop = Stop.LEFT
    else:
        go_far(x, m.tables.forms[x.pc - 1])


@inline
def taken(m: Machine, x: Exec, address: int) -> None:
    """Take the line of a good address for writing. What costs time, or spinners watch, is for the clause."""
    line = address >> ADDRESS_SHIFT
    dear = m.tables.transfer[Transfer.SHARED] + m.tables.transfer[Transfer.REMOTE] + m.tables.transfer[Transfer.UPGRADE]
    if dear != 0 or (m.beside.watched[line] & ~x.mine) != 0:
        x.stop = Stop.REDO
    else:
        take_line(m, ctz(x.mine), x.mine, x.clock, line)
        go_far(x, m.tables.forms[x.pc - 1])


@inline
def far_load(m: Machine, x: Exec, i: Insn) -> None:
    """See LD."""
    fetched(m, x, i, base(m, x, i))


@inline
def far_load_indexed(m: Machine, x: Exec, i: Insn) -> None:
    """See LDX."""
    fetched(m, x, i, reg(m, x, i.a) + reg(m, x, i.b) + i.imm)


@inline
def far_store(m: Machine, x: Exec, i: Insn) -> None:
    """See ST, CAS, SWAP and FADD."""
    taken(m, x, base(m, x, i))


@inline
def far_store_indexed(m: Machine, x: Exec, i: Insn) -> None:
    """See STX."""
    taken(m, x, reg(m, x, i.a) + reg(m, x, i.b) + i.imm)


@form("LD", based=True)
@inline
def ld_based(m: Machine, x: Exec, i: Insn) -> None:
    """Load from where a register points."""
    read(m, x, i, reg(m, x, i.a) + i.imm, FAR_LOAD)


@form("LD")
@inline
def ld(m: Machine, x: Exec, i: Insn) -> None:
    """Load a static."""
    read(m, x, i, base(m, x, i), FAR_LOAD)


@form("LDX")
@inline
def ldx(m: Machine, x: Exec, i: Insn) -> None:
    """Load an item of an array."""
    read(m, x, i, reg(m, x, i.a) + reg(m, x, i.b) + i.imm, FAR_LOAD_INDEXED)


@form("ST", on=F_NUM, based=True, bits=False)
@inline
def st_number(m: Machine, x: Exec, i: Insn) -> None:
    """Store a number where a register points."""
    write(m, x, reg(m, x, i.a) + i.imm, number(m, x, i), FAR_STORE)


@form("ST", off=F_NUM, based=True, bits=False)
@inline
def st_register(m: Machine, x: Exec, i: Insn) -> None:
    """Store a register where another points."""
    write(m, x, reg(m, x, i.a) + i.imm, reg(m, x, i.b), FAR_STORE)


@form("ST", bits=False)
@inline
def st(m: Machine, x: Exec, i: Insn) -> None:
    """Store a word."""
    write(m, x, base(m, x, i), number(m, x, i), FAR_STORE)


@form("ST")
@inline
def st_checked(m: Machine, x: Exec, i: Insn) -> None:
    """Store a word that has to fit."""
    write_checked(m, x, i, base(m, x, i), number(m, x, i), FAR_STORE)


@form("STX", bits=False)
@inline
def stx(m: Machine, x: Exec, i: Insn) -> None:
    """Store an item of an array."""
    write(m, x, reg(m, x, i.a) + reg(m, x, i.b) + i.imm, reg(m, x, i.c), FAR_STORE_INDEXED)


@form("STX")
@inline
def stx_checked(m: Machine, x: Exec, i: Insn) -> None:
    """Store an item of an array, which has to fit."""
    write_checked(m, x, i, reg(m, x, i.a) + reg(m, x, i.b) + i.imm, reg(m, x, i.c), FAR_STORE_INDEXED)


@inline
def read_private(m: Machine, x: Exec, i: Insn, address: int) -> None:
    """Load a per-CPU word."""
    if mapped(m, x, address):
        put(m, x, i.dst, m.state.mem[address])


@inline
def write_private(m: Machine, x: Exec, address: int, value: int) -> None:
    """Store a per-CPU word."""
    if mapped(m, x, address):
        m.state.mem[address] = value


@form("LDP", within=True)
@inline
def ldp_static(m: Machine, x: Exec, i: Insn) -> None:
    """Load a word of the CPU's block."""
    put(m, x, i.dst, m.state.mem[x.pb + i.imm])


@form("LDP")
@inline
def ldp(m: Machine, x: Exec, i: Insn) -> None:
    """Load an item of a per-CPU array."""
    read_private(m, x, i, private(m, x, i))


@form("STP", off=F_NUM, within=True, bits=False)
@inline
def stp_static(m: Machine, x: Exec, i: Insn) -> None:
    """Store a register to a word of the CPU's block."""
    m.state.mem[x.pb + i.imm] = reg(m, x, i.b)


@form("STP", bits=False)
@inline
def stp(m: Machine, x: Exec, i: Insn) -> None:
    """Store a per-CPU word."""
    write_private(m, x, private(m, x, i), number(m, x, i))


@form("STP", off=F_NUM, within=True)
@inline
def stp_static_checked(m: Machine, x: Exec, i: Insn) -> None:
    """Store a register that has to fit to a word of the CPU's block."""
    value = reg(m, x, i.b)
    if spills(value, i.t):
        x.stop = Stop.REDO
    else:
        m.state.mem[x.pb + i.imm] = value


@form("FADDP", on=F_NUM, within=True)
@inline
def faddp_static(m: Machine, x: Exec, i: Insn) -> None:
    """A word of the CPU's block grows by a number."""
    add_to(m, x, i, x.pb + i.imm)


@form("STP")
@inline
def stp_checked(m: Machine, x: Exec, i: Insn) -> None:
    """Store a per-CPU word that has to fit."""
    value = number(m, x, i)
    if spills(value, i.t):
        x.stop = Stop.REDO
    else:
        write_private(m, x, private(m, x, i), value)


@form("CAS CASU")
@inline
def cas(m: Machine, x: Exec, i: Insn) -> None:
    """Compare-and-swap of a shared word."""
    address = base(m, x, i)
    if owned(m, x, address, FAR_STORE):
        compare_and_swap(m, x, i, address)


@form("SWAP SWAPU")
@inline
def swap(m: Machine, x: Exec, i: Insn) -> None:
    """Exchange of a shared word."""
    address = base(m, x, i)
    if owned(m, x, address, FAR_STORE):
        exchange(m, x, i, address)


@form("FADD FADDU")
@inline
def fadd(m: Machine, x: Exec, i: Insn) -> None:
    """Fetch-and-add of a shared word."""
    address = base(m, x, i)
    if owned(m, x, address, FAR_STORE):
        add_to(m, x, i, address)


@form("CASP")
@inline
def casp(m: Machine, x: Exec, i: Insn) -> None:
    """Compare-and-swap of a per-CPU word."""
    address = private(m, x, i)
    if mapped(m, x, address):
        compare_and_swap(m, x, i, address)


@form("SWAPP")
@inline
def swapp(m: Machine, x: Exec, i: Insn) -> None:
    """Exchange of a per-CPU word."""
    address = private(m, x, i)
    if mapped(m, x, address):
        exchange(m, x, i, address)


@form("FADDP")
@inline
def faddp(m: Machine, x: Exec, i: Insn) -> None:
    """Fetch-and-add of a per-CPU word."""
    address = private(m, x, i)
    if mapped(m, x, address):
        add_to(m, x, i, address)


@form("CAS2P")
@inline
def cas2p(m: Machine, x: Exec, i: Insn) -> None:
    """Compare two neighbouring per-CPU words and swap the first."""
    address = x.pb + i.imm
    if address > 0 and mapped(m, x, address + 1):
        same = m.state.mem[address] == reg(m, x, i.b) and m.state.mem[address + 1] == reg(m, x, i.c)
        if same:
            m.state.mem[address] = reg(m, x, i.t)
        put(m, x, i.dst, int(same))
    else:
        x.stop = Stop.REDO


@form("FENCE")
@inline
def fence(m: Machine, x: Exec, i: Insn) -> None:
    """It only costs."""
