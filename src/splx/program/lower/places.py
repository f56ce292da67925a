"""Places: from a reference, fields and indices to a base register, an index register and an offset.

Variables of the executing CPU are reached with the per-CPU instructions. Those that other CPUs look at (`atomic()`
fields) lie on shared lines and are reached by address; this CPU's by one that counts from its own block. Constant
indices and field offsets go into the immediate; sizes of items are powers of two, so a variable index costs a shift at
most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from splx.lang import codes, tree
from splx.lang.types import Array, Int, Ref, Struct
from splx.machine.constants import F_OWN, NOREG
from splx.program.insn import Accessed, At, Imm, Remote, Stride, Text
from splx.program.lower import claims
from splx.program.lower.code import value_of
from splx.program.lower.values import binary

if TYPE_CHECKING:
    from splx.lang.types import Type
    from splx.program.insn import Insn, Operand
    from splx.program.lower.code import Code


NOTHING = Imm(0)


@dataclass(slots=True)
class Spot:
    """A word: `base` and `index` registers (or NOREG) plus `offset`, which may count from this CPU's block.

    There, `private` means that only this CPU reaches it, `own` that others do as well. `of` names the field, for
    whoever reads the program.
    """

    type: Type
    base: int = NOREG
    index: int = NOREG
    offset: Imm = NOTHING
    private: bool = False
    own: bool = False
    of: Accessed | None = None


def spot(code: Code, place: tree.FieldPlace) -> Spot:
    """Evaluate what a place is reached through: base first, then indices, left to right."""
    found = Spot(place.type)
    steps: Any = place.steps
    kind: Any = place.base.type
    if isinstance(place.base, tree.Static) and kind.struct.per_cpu:
        step, steps = steps[0], steps[1:]
        found.of = Accessed(kind.struct.cls, step.field, own=place.cpu is None)
        _claim_per_cpu(code, place, kind.struct, step.field)
        _per_cpu(code, place, step.field, found)
        kind = step.type
    else:
        base = code.value(place.base)
        if isinstance(base, Imm):
            found.offset = base
        else:
            found.base = base
    for step in steps:
        kind = _step(code, step, kind, found)
    return found


def _per_cpu(code: Code, place: tree.FieldPlace, name: str, found: Spot) -> None:
    """The first field of a per-CPU static: in this CPU's block, or in that of `place.cpu`."""
    obj = place.base.obj  # type: ignore[union-attr]
    if place.cpu is None or (isinstance(place.cpu, tree.Intrinsic) and place.cpu.name == "cpu_number"):
        atomic = place.base.type.struct.fields[name].guard == "atomic"  # type: ignore[union-attr]
        found.private, found.own = not atomic, atomic
        found.offset = Imm(0, At(obj, name))
        return
    cpu = code.value(place.cpu)
    if isinstance(cpu, Imm) and cpu.reloc is None:
        found.offset = Imm(0, Remote(obj, name, cpu.value))
    else:
        found.base = code.to("SHL", None, code.reg(cpu), Imm(0, Stride()))
        found.offset = Imm(0, Remote(obj, name))


def _step(code: Code, step: tree.Step, kind: Type, found: Spot) -> Type:
    """Go on by a field or an index; returns the type reached."""
    words = code.world.words
    if step.field is not None:
        struct = kind.struct if isinstance(kind, Ref) else kind
        assert isinstance(struct, Struct)
        _claim(code, struct, step.field, found)
        found.of = Accessed(struct.cls, step.field, own=found.of is not None and found.of.own)
        _add(code, found, Imm(words.offsets(struct)[step.field]))
        return struct.fields[step.field].type
    assert isinstance(kind, Array)
    assert step.index is not None
    index = code.value(step.index)
    check_index(code, index, words.length(kind), within=_within(code, step.index, words.length(kind)))
    _add(code, found, binary(code, "MUL", index, Imm(words.stride(kind.item))))
    return kind.item


def _claim(code: Code, struct: Struct, field: str, found: Spot) -> None:
    """Assert that the lock of a field is held. `found` has come as far as the struct."""
    guard = claims.guard(code, struct, field)
    if guard is None:
        return
    at: Operand | None = None
    if guard.field:
        asserting, code.asserting = code.asserting, True
        lock = replace(found)
        _add(code, lock, Imm(code.world.words.offsets(struct)[guard.field]))
        inside = isinstance(struct.fields[guard.field].type, Struct)
        at = _address(code, lock, None) if inside else load(code, lock)
        code.asserting = asserting
    claims.claim_held(code, guard, f"{struct.name}.{field}", at)


def _claim_per_cpu(code: Code, place: tree.FieldPlace, struct: Struct, field: str) -> None:
    """The same for a field of a per-CPU static."""
    guard = claims.guard(code, struct, field)
    if guard is None:
        return
    at: Operand | None = None
    if guard.field:
        asserting, code.asserting = code.asserting, True
        step = tree.Step(guard.field, None, struct.fields[guard.field].type)
        at = load(code, spot(code, replace(place, steps=(step,), type=step.type)))
        code.asserting = asserting
    claims.claim_held(code, guard, f"{struct.name}.{field}", at)


def _add(code: Code, found: Spot, by: Operand) -> None:
    """Move a spot along."""
    if isinstance(by, Imm):
        assert by.reloc is None
        found.offset = Imm(found.offset.value + by.value, found.offset.reloc)
    elif found.index == NOREG:
        found.index = by
    else:
        found.index = code.to("ADD", None, found.index, by)


def _within(code: Code, index: tree.Expression, length: int) -> bool:
    """Whether an index is a remainder that cannot be outside, as in `ring[head % SIZE]`."""
    if not (isinstance(index, tree.Binary) and index.op == "%" and isinstance(index.right, tree.Const)):
        return False
    divisor = code.value(index.right)
    return isinstance(divisor, Imm) and divisor.reloc is None and 0 < divisor.value <= length


def check_index(code: Code, index: Operand, length: int, *, within: bool) -> None:
    """Refuse, or with `bounds` assert at run time, what lies outside the array: the machine's memory has no walls."""
    if isinstance(index, Imm):
        if index.reloc is None and not 0 <= index.value < length:
            raise code.refuse(codes.INDEX, f"index {index.value} is outside an array of {length}")
    elif not within and not code.spinning and code.world.bounds(code.span.file):
        asserting, code.asserting = code.asserting, True
        message = Imm(0, Text(f"an index outside an array of {length}", code.span))
        low = code.to("SGE", None, index, Imm(0))
        high = code.to("SLT", None, index, Imm(length))
        code.emit("ASSERT", a=code.to("AND", None, low, high), imm=message)
        code.asserting = asserting


def load(code: Code, at: Spot, want: int | None = None) -> int:
    """Append the load of a spot."""
    dst = code.new() if want is None else want
    if at.private:
        insn = code.emit("LDP", dst, a=at.index, imm=at.offset)
    elif NOREG not in (at.base, at.index):
        insn = code.emit("LDX", dst, a=at.base, b=at.index, imm=at.offset)
    else:
        insn = _at(code.emit("LD", dst, a=_register(code, at), imm=at.offset), at)
    insn.of = at.of
    return dst


def _register(code: Code, at: Spot) -> int:
    """The one register, or none, that a spot is reached by."""
    if at.own and at.index != NOREG:
        shared(code, at)
    if NOREG not in (at.base, at.index):
        at.base, at.index = code.to("ADD", None, at.base, at.index), NOREG
    return min(at.base, at.index)


def _at(insn: Insn, at: Spot) -> Insn:
    """The access to a spot, which says whether its address counts from this CPU's block."""
    insn.flags |= F_OWN if at.own else 0
    insn.of = at.of
    return insn


def store(code: Code, at: Spot, value: Operand) -> None:
    """Append the store to a spot, checked if the field is narrower than a word."""
    bits = fit(code, at.type, value)
    if at.private:
        insn = code.emit("STP", a=at.index, b=value, imm=at.offset)
    elif NOREG not in (at.base, at.index):
        insn = code.emit("STX", a=at.base, b=at.index, c=code.reg(value), imm=at.offset)
    else:
        insn = _at(code.emit("ST", a=_register(code, at), b=value, imm=at.offset), at)
    insn.t = bits
    insn.of = at.of


def update(code: Code, op: str, at: Spot, value: Operand, new: int = NOREG) -> int:
    """Append a read-modify-write (CAS, SWAP, FADD; P forms for own words), whose address has no index register."""
    register = _register(code, at)
    dst = code.new()
    _at(code.emit(op, dst, a=register, b=value, c=new, imm=at.offset), at)
    return dst


def fit(code: Code, kind: Type, value: Operand) -> int:
    """The width to check when storing: 0 none, n unsigned, -n signed. A constant is checked here and now."""
    if not isinstance(kind, Int) or kind.bits == 64:
        return 0
    if isinstance(value, Imm):
        if value.reloc is None and not kind.least <= value.value <= kind.greatest:
            message = f"{value.value} does not fit a field of type `{kind}`"
            raise code.refuse(codes.DOES_NOT_FIT, message, f"`{kind}` holds {kind.least} to {kind.greatest}")
        return 0
    return -kind.bits if kind.signed else kind.bits


@value_of(tree.Load)
def loaded(code: Code, node: tree.Load, want: int | None) -> Operand:
    """The value of a field."""
    return load(code, spot(code, node.place), want)


def shared(code: Code, at: Spot) -> Spot:
    """A word of this CPU by its address in memory, as other CPUs would reach it."""
    assert isinstance(at.offset.reloc, At)
    at.private = at.own = False
    at.base = code.to("SHL", None, code.to("CPU", None), Imm(0, Stride()))
    at.offset = Imm(at.offset.value, Remote(at.offset.reloc.obj, at.offset.reloc.field))
    return at


@value_of(tree.Addr)
def address(code: Code, node: tree.Addr, want: int | None) -> Operand:
    """A reference to a struct inside a struct."""
    return _address(code, spot(code, node.place), want)


def _address(code: Code, at: Spot, want: int | None) -> Operand:
    if at.private or at.own:
        shared(code, at)
    parts = [part for part in (at.base, at.index) if part != NOREG]
    if not parts:
        return at.offset
    # The number last, and nothing written twice: so the accesses can take over what they have room for.
    total: Operand = parts[0] if len(parts) == 1 else code.to("ADD", None, *parts)
    return binary(code, "ADD", total, at.offset, want)
