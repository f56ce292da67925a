"""Instructions on memory: shared words, per-CPU words, atomic operations, the fence, and the spin.

An address is the index of a word. A shared access first asks the line model for its price; the checker, which has
no clock, does not. Per-CPU words are addressed relative to the executing CPU and belong to no line.
"""

from __future__ import annotations

from splx.lang.kernel import inline
from splx.lang.wide import wadd
from splx.machine.constants import ADDRESS_SHIFT, F_OWN, NOREG, Finding, Stop
from splx.machine.costs import Cost
from splx.machine.lineown import read_line, watch_line, write_line
from splx.machine.ops_context import recheck
from splx.machine.ops_data import fail, number, put, reg
from splx.machine.rows import row
from splx.machine.state import Exec, Insn, Machine


@inline
def base(m: Machine, x: Exec, i: Insn) -> int:
    """Address: register a, or nothing, or with F_OWN the start of this CPU's block, plus the immediate."""
    if i.a != NOREG:
        return reg(m, x, i.a) + i.imm
    return i.imm + (x.pb if (i.flags & F_OWN) != 0 else 0)


@inline
def mapped(m: Machine, x: Exec, address: int) -> bool:
    """Whether `address` is a word in use; if not, the run ends."""
    ok = address > 0 and address < m.tables.words
    if not ok:
        fail(x, Finding.BAD_ADDRESS, address, 0)
    return ok


@inline
def read(m: Machine, x: Exec, i: Insn, address: int) -> None:
    """Load a shared word into `dst`."""
    if mapped(m, x, address):
        x.clock = x.clock + read_line(m, x, address >> ADDRESS_SHIFT)
        put(m, x, i.dst, m.state.mem[address])


@inline
def owned(m: Machine, x: Exec, address: int) -> bool:
    """Get the word's line for writing; false when the address is bad or a spinner has to be heard first."""
    ok = False
    if mapped(m, x, address):
        extra = write_line(m, x, address >> ADDRESS_SHIFT)
        if extra < 0:
            x.stop = Stop.REDO
        else:
            x.clock = x.clock + extra
            ok = True
    return ok


@inline
def fits(x: Exec, value: int, bits: int) -> bool:
    """Whether a value fits the field it is stored to: n bits unsigned, -n bits signed, 0 anything."""
    ok = True
    if bits != 0:
        spill = value >> bits if bits > 0 else (value + (1 << (-bits - 1))) >> -bits
        ok = spill == 0
        if not ok:
            fail(x, Finding.RANGE, value, bits)
    return ok


@row("LD", "dst a? imm", "{dst} := [{a}+{imm}]", cost=Cost.LOAD, touches="memory", access="load", shared=True)
@inline
def ld(m: Machine, x: Exec, i: Insn) -> None:
    """Load a word."""
    read(m, x, i, base(m, x, i))


@row("LDX", "dst a b imm", "{dst} := [{a}+{b}+{imm}]", cost=Cost.LOAD, touches="memory", access="load", shared=True)
@inline
def ldx(m: Machine, x: Exec, i: Insn) -> None:
    """Load an item of an array."""
    read(m, x, i, reg(m, x, i.a) + reg(m, x, i.b) + i.imm)


@row("ST", "a? imm N bits", "[{a}+{imm}] := {N}", cost=Cost.STORE, touches="memory", access="store", shared=True)
@inline
def st(m: Machine, x: Exec, i: Insn) -> None:
    """Store a word."""
    address = base(m, x, i)
    value = number(m, x, i)
    if fits(x, value, i.t) and owned(m, x, address):
        m.state.mem[address] = value


@row("STX", "a b imm c bits", "[{a}+{b}+{imm}] := {c}", cost=Cost.STORE, touches="memory", access="store", shared=True)
@inline
def stx(m: Machine, x: Exec, i: Insn) -> None:
    """Store an item of an array."""
    address = reg(m, x, i.a) + reg(m, x, i.b) + i.imm
    value = reg(m, x, i.c)
    if fits(x, value, i.t) and owned(m, x, address):
        m.state.mem[address] = value


@inline
def private(m: Machine, x: Exec, i: Insn) -> int:
    """Address of a per-CPU word: this CPU's block, the immediate, an optional index in register a."""
    return x.pb + i.imm + (0 if i.a == NOREG else reg(m, x, i.a))


@row("LDP", "dst a? imm", "{dst} := cpu[{imm}]", cost=Cost.PRIVATE, touches="private", access="load")
@inline
def ldp(m: Machine, x: Exec, i: Insn) -> None:
    """Load a per-CPU word."""
    address = private(m, x, i)
    if mapped(m, x, address):
        put(m, x, i.dst, m.state.mem[address])


@row("STP", "a? imm N bits", "cpu[{imm}] := {N}", cost=Cost.PRIVATE, touches="private", access="store")
@inline
def stp(m: Machine, x: Exec, i: Insn) -> None:
    """Store a per-CPU word."""
    address = private(m, x, i)
    value = number(m, x, i)
    if fits(x, value, i.t) and mapped(m, x, address):
        m.state.mem[address] = value


@inline
def compare_and_swap(m: Machine, x: Exec, i: Insn, address: int) -> None:
    """If the word is N it becomes c; dst says whether."""
    same = m.state.mem[address] == number(m, x, i)
    if same:
        m.state.mem[address] = reg(m, x, i.c)
    put(m, x, i.dst, int(same))


@inline
def exchange(m: Machine, x: Exec, i: Insn, address: int) -> None:
    """The word becomes N; dst is what it was."""
    new = number(m, x, i)
    put(m, x, i.dst, m.state.mem[address])
    m.state.mem[address] = new


@inline
def add_to(m: Machine, x: Exec, i: Insn, address: int) -> None:
    """The word grows by N; dst is what it was."""
    by = number(m, x, i)
    old = m.state.mem[address]
    m.state.mem[address] = wadd(old, by)
    put(m, x, i.dst, old)


LOCKED = "memory"


@row("CAS", "dst a? imm N c", "if [{a}+{imm}] == {N} it becomes {c}, locked", cost=Cost.LOCKED, touches=LOCKED,
     access="locked", shared=True)  # fmt: skip
@inline
def cas(m: Machine, x: Exec, i: Insn) -> None:
    """Locked compare-and-swap. It takes the line whether it succeeds or not."""
    address = base(m, x, i)
    if owned(m, x, address):
        compare_and_swap(m, x, i, address)


@row("SWAP", "dst a? imm N", "{dst} := [{a}+{imm}] := {N}, locked", cost=Cost.LOCKED, touches=LOCKED,
     access="locked", shared=True)  # fmt: skip
@inline
def swap(m: Machine, x: Exec, i: Insn) -> None:
    """Locked exchange."""
    address = base(m, x, i)
    if owned(m, x, address):
        exchange(m, x, i, address)


@row("FADD", "dst a? imm N", "{dst} := [{a}+{imm}], which grows by {N}, locked", cost=Cost.LOCKED, touches=LOCKED,
     access="locked", shared=True)  # fmt: skip
@inline
def fadd(m: Machine, x: Exec, i: Insn) -> None:
    """Locked fetch-and-add."""
    address = base(m, x, i)
    if owned(m, x, address):
        add_to(m, x, i, address)


@row("CASU", "dst a? imm N c", "if [{a}+{imm}] == {N} it becomes {c}, else what it was; written always, not locked",
     cost=Cost.UNLOCKED, touches="memory", access="rmw", shared=True)  # fmt: skip
@inline
def casu(m: Machine, x: Exec, i: Insn) -> None:
    """Compare-and-swap, atomic against this CPU's interrupts only: others may come between what it reads and writes."""
    address = base(m, x, i)
    if owned(m, x, address):
        compare_and_swap(m, x, i, address)


@row("SWAPU", "dst a? imm N", "{dst} := [{a}+{imm}] := {N}, not locked", cost=Cost.UNLOCKED, touches="memory",
     access="rmw", shared=True)  # fmt: skip
@inline
def swapu(m: Machine, x: Exec, i: Insn) -> None:
    """Exchange, atomic against this CPU's interrupts only."""
    address = base(m, x, i)
    if owned(m, x, address):
        exchange(m, x, i, address)


@row("FADDU", "dst a? imm N", "{dst} := [{a}+{imm}], which grows by {N}, not locked", cost=Cost.UNLOCKED,
     touches="memory", access="rmw", shared=True)  # fmt: skip
@inline
def faddu(m: Machine, x: Exec, i: Insn) -> None:
    """Fetch-and-add, atomic against this CPU's interrupts only."""
    address = base(m, x, i)
    if owned(m, x, address):
        add_to(m, x, i, address)


@row("CASP", "dst a? imm N c", "if cpu[{imm}] == {N} it becomes {c}", cost=Cost.UNLOCKED, touches="private",
     access="rmw")  # fmt: skip
@inline
def casp(m: Machine, x: Exec, i: Insn) -> None:
    """Compare-and-swap of a per-CPU word."""
    address = private(m, x, i)
    if mapped(m, x, address):
        compare_and_swap(m, x, i, address)


@row("SWAPP", "dst a? imm N", "{dst} := cpu[{imm}] := {N}", cost=Cost.UNLOCKED, touches="private", access="rmw")
@inline
def swapp(m: Machine, x: Exec, i: Insn) -> None:
    """Exchange of a per-CPU word."""
    address = private(m, x, i)
    if mapped(m, x, address):
        exchange(m, x, i, address)


@row("FADDP", "dst a? imm N", "{dst} := cpu[{imm}], which grows by {N}", cost=Cost.UNLOCKED, touches="private",
     access="rmw")  # fmt: skip
@inline
def faddp(m: Machine, x: Exec, i: Insn) -> None:
    """Fetch-and-add of a per-CPU word."""
    address = private(m, x, i)
    if mapped(m, x, address):
        add_to(m, x, i, address)


@row("CAS2P", "dst imm b c t", "if cpu[{imm}] == {b} and the next word == {c}, cpu[{imm}] becomes {t}",
     cost=Cost.UNLOCKED, touches="private", access="rmw")  # fmt: skip
@inline
def cas2p(m: Machine, x: Exec, i: Insn) -> None:
    """Compare two neighbouring per-CPU words and swap the first: register t holds the new value."""
    address = x.pb + i.imm
    if mapped(m, x, address + 1):
        same = m.state.mem[address] == reg(m, x, i.b) and m.state.mem[address + 1] == reg(m, x, i.c)
        if same:
            m.state.mem[address] = reg(m, x, i.t)
        put(m, x, i.dst, int(same))


@row("FENCE", "", "waits until its stores are visible", cost=Cost.FENCE, drains=True)
@inline
def fence(m: Machine, x: Exec, i: Insn) -> None:
    """Order all earlier accesses before all later ones. Under sequential consistency it only costs."""


@row("SPIN", "a t", "goes back to {t} while {a}", cost=Cost.PAUSE, ends="branch")
@inline
def spin(m: Machine, x: Exec, i: Insn) -> None:
    """The back edge of a spin block; `imm` is the cost of one iteration in which every load hits.

    Inside the block nothing is sampled, so an interrupt that came meanwhile is taken on the way out, where there is no
    pause.
    """
    if reg(m, x, i.a) != 0:
        x.stop = Stop.PARK
        x.arg = i.imm
        x.arg2 = x.pc - i.t
        x.pc = i.t
    else:
        m.beside.cpus[x.cpu].n_watch = 0
        x.clock = x.clock + m.tables.spin_exit
        recheck(m, x)


@row("LDW", "dst a? imm", "{dst} := [{a}+{imm}], in a spin", cost=Cost.LOAD, touches="memory", access="load",
     shared=True)  # fmt: skip
@inline
def ldw(m: Machine, x: Exec, i: Insn) -> None:
    """A load inside a spin block: the spinner will watch its line. The loader puts it in place of LD."""
    address = base(m, x, i)
    read(m, x, i, address)
    watch_line(m, x.cpu, address >> ADDRESS_SHIFT)


@row("LDXW", "dst a b imm", "{dst} := [{a}+{b}+{imm}], in a spin", cost=Cost.LOAD, touches="memory", access="load",
     shared=True)  # fmt: skip
@inline
def ldxw(m: Machine, x: Exec, i: Insn) -> None:
    """An indexed load inside a spin block. The loader puts it in place of LDX."""
    address = reg(m, x, i.a) + reg(m, x, i.b) + i.imm
    read(m, x, i, address)
    watch_line(m, x.cpu, address >> ADDRESS_SHIFT)
