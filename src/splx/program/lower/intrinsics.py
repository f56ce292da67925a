"""Intrinsics: each is one machine instruction, or an operation on words that the machine has.

The tables say which instruction; operands that a row takes as registers are put into one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from splx.lang import tree
from splx.lang.types import Handle as HandleType
from splx.lang.types import Ref
from splx.machine.constants import NOREG
from splx.program import codes
from splx.program.flows import key_of
from splx.program.insn import At, Counter, Imm, Number, Site, Text
from splx.program.lower.code import value_of
from splx.program.lower.places import Spot, fit, spot, update
from splx.program.lower.values import binary
from splx.program.rows import fits

if TYPE_CHECKING:
    from splx.program.insn import Operand
    from splx.program.lower.code import Code

Emitter = Callable[["Code", tree.Intrinsic, "int | None"], "Operand"]
EMITTERS: dict[str, Emitter] = {}


def intrinsic(*names: str) -> Callable[[Emitter], Emitter]:
    """The decorated function lowers the intrinsics of these names."""

    def place(emitter: Emitter) -> Emitter:
        EMITTERS.update(dict.fromkeys(names, emitter))
        return emitter

    return place


@value_of(tree.Intrinsic)
def lower_intrinsic(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """One intrinsic."""
    emitter = EMITTERS.get(node.name)
    if emitter is None:
        message = f"the machine has no operation for `{node.name}`"
        raise code.refuse(codes.NOT_KERNEL, message, "compute it with what the language has")
    return emitter(code, node, want)


def _values(code: Code, node: tree.Intrinsic) -> list[Operand]:
    return [code.value(arg) for arg in node.args]  # type: ignore[arg-type]


#: intrinsic -> arithmetic instruction
ARITHMETIC = {"wadd": "ADD", "wsub": "SUB", "wmul": "MUL", "ushr": "USHR"}

#: intrinsic -> instruction of one register that gives one
OF_ONE = {"popcount": "POPC", "ctz": "CTZ", "fls": "FLS", "frame_pc": "RDPC", "choose": "CHOOSE"}

#: intrinsic -> instruction that gives something and takes nothing
GIVES = {
    "intr_disable": "IRQOFF",
    "intr_pending": "IRQPEND",
    "cpu_number": "CPU",
    "detach": "DETACH",
    "below": "BELOW",
    "self_context": "SELF",
}

#: intrinsic -> instruction that takes up to two registers and gives nothing
TAKES = {
    "fence": "FENCE",
    "intr_enable": "IRQON",
    "intr_restore": "IRQSET",
    "halt": "HALT",
    "leave": "LEAVE",
    "switch_to": "SWITCH",
    "switch_exit": "SWITCHX",
    "set_frame_pc": "WRPC",
    "send_ipi": "IPI",
    "pic_mask": "MASK",
    "pic_unmask": "UNMASK",
    "pic_eoi": "EOI",
    "pic_route": "ROUTE",
    "pic_retrigger": "RETRIG",
    "stamp": "STAMP",
}

#: intrinsic -> (instruction on a shared word, on a word of this CPU)
UPDATES = {
    "cas": ("CAS", "CAS"),
    "swap": ("SWAP", "SWAP"),
    "fetch_add": ("FADD", "FADD"),
    "cas_local": ("CASU", "CASP"),
    "swap_local": ("SWAPU", "SWAPP"),
    "fetch_add_local": ("FADDU", "FADDP"),
}


@intrinsic(*ARITHMETIC)
def arithmetic(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """Wrapping arithmetic is the machine's own."""
    left, right = _values(code, node)
    return binary(code, ARITHMETIC[node.name], left, right, want)


@intrinsic(*OF_ONE)
def of_one(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """Bit counts, the program counter of a context, a choice."""
    (operand,) = _values(code, node)
    return code.to(OF_ONE[node.name], want, code.reg(operand))


@intrinsic("bit")
def bit(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """The word with one bit set."""
    (n,) = _values(code, node)
    return binary(code, "SHL", Imm(1), n, want)


@intrinsic("addr", "at", "number_of")
def same_word(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """A reference is an address, and a handle is its number."""
    return code.value(node.args[0], want)  # type: ignore[arg-type]


@intrinsic(*GIVES)
def gives(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """Something the CPU knows."""
    return code.to(GIVES[node.name], want)


@intrinsic(*TAKES)
def takes(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """Something the CPU or the controller does."""
    registers = [code.reg(value) for value in _values(code, node)] + [NOREG, NOREG]
    code.emit(TAKES[node.name], a=registers[0], b=registers[1])
    return Imm(0)


@intrinsic("set_hw_level")
def set_level(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """The hardware priority level."""
    (level,) = _values(code, node)
    code.emit("SETLVL", b=level)
    return Imm(0)


@intrinsic(*UPDATES)
def read_modify_write(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """Compare-and-swap, exchange, fetch-and-add on a place. Values first, then the place, then the operation."""
    place = node.args[0]
    assert isinstance(place, tree.FieldPlace)
    values = [code.value(arg) for arg in node.args[1:]]  # type: ignore[arg-type]
    for value in values:
        if isinstance(value, Imm) and not node.name.startswith("fetch_add"):
            fit(code, place.type, value)
    new = [code.reg(value) for value in values[1:]]
    at = _addressable(code, spot(code, place), node)
    op, own = UPDATES[node.name]
    return update(code, own if at.private else op, at, values[0], *new)


def _addressable(code: Code, at: Spot, node: tree.Intrinsic) -> Spot:
    """A locked operation is not for words that only this CPU can reach."""
    if at.private and not node.name.endswith("_local"):
        message = f"`{node.name}` is locked against other CPUs, and the word is this CPU's own"
        raise code.refuse(codes.NOT_KERNEL, message, f"use `{node.name}_local`")
    return at


@intrinsic("cas_pair_local")
def compare_two(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """CAS2P: two neighbouring words of this CPU."""
    first, second, *rest = node.args
    assert isinstance(first, tree.FieldPlace)
    assert isinstance(second, tree.FieldPlace)
    old0, old1, new0 = (code.reg(code.value(arg)) for arg in rest)  # type: ignore[arg-type]
    at, other = spot(code, first), spot(code, second)
    _neighbours(code, at, other)
    dst = code.new() if want is None else want
    insn = code.emit("CAS2P", dst, b=old0, c=old1, imm=at.offset)
    insn.t = new0
    insn.of = at.of
    return dst


def _neighbours(code: Code, at: Spot, other: Spot) -> None:
    """Refuse words that do not lie side by side in a CPU's block, whatever the layout."""
    one, two = at.offset.reloc, other.offset.reloc
    fine = at.private and other.private and at.index == other.index == NOREG
    if fine and isinstance(one, At) and isinstance(two, At) and one.obj is two.obj:
        offsets = code.world.words.offsets(code.world.struct(one.obj))
        if offsets[two.field] + other.offset.value == offsets[one.field] + at.offset.value + 1:
            return
    raise code.refuse(
        codes.NOT_NEIGHBOURS,
        "the two words are not neighbours of this CPU",
        "declare them one after the other in one per-CPU struct, neither of them `atomic()`",
    )


@intrinsic("work")
def work(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """WORK for a time, or for a draw."""
    amount = node.args[0]
    time = _draw(code, node, None) if isinstance(amount.type, HandleType) else code.value(amount)  # type: ignore[arg-type]
    code.emit("WORK", b=time)
    return Imm(0)


@intrinsic("draw")
def draw(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """A draw, kept."""
    amount = node.args[0]
    return _draw(code, node, want) if isinstance(amount.type, HandleType) else code.value(amount, want)  # type: ignore[arg-type]


def _draw(code: Code, node: tree.Intrinsic, want: int | None) -> int:
    """DRAW. Its distribution must be known when the system is linked; its counter is that of the place."""
    dist, *keys = _values(code, node)
    if not isinstance(dist, Imm):
        message = "which distribution is drawn from is not known when the system is linked"
        raise code.refuse(codes.NO_VALUE, message, "name the distribution itself")
    key, device = ([code.reg(value) for value in keys] + [NOREG, NOREG])[:2]
    dst = code.new() if want is None else want
    insn = code.emit("DRAW", dst, a=key, b=device, imm=dist.value)
    insn.reloc = Site(code.span)
    return dst


@intrinsic("elapsed")
def elapsed(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """Whether a time has passed."""
    slot, limit = _values(code, node)
    return code.to("ELAPSED", want, code.reg(slot), limit)


@intrinsic("enter", "become")
def start_context(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """ENTER, BECOME: a function starts another context. No call: its registers begin at 0."""
    ctx, func, arg = node.args
    frame = code.reg(code.value(ctx))  # type: ignore[arg-type]
    number: Operand
    if isinstance(func, tree.FuncRef):
        number = Imm(0, Number(code.world.body(func.func, code.span), entry=True))
    else:
        number = code.value(func)  # type: ignore[arg-type]
        key = key_of(func, code.scope.function.func)  # type: ignore[arg-type]
        code.world.entered(key, code.span)
    argument = code.reg(code.value(arg))  # type: ignore[arg-type]
    code.emit(node.name.upper(), a=frame, b=number, c=argument)
    return Imm(0)


@intrinsic("dev_read")
def device_read(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """A register of a device; which one is a constant."""
    device, register = _values(code, node)
    dst = code.new() if want is None else want
    code.emit("DEVRD", dst, a=code.reg(device), imm=_known(code, register, "the device register"))
    return dst


@intrinsic("dev_write")
def device_write(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """A register of a device; which one is a constant."""
    device, register, value = _values(code, node)
    number = _known(code, register, "the device register")
    code.emit("DEVWR", a=code.reg(device), b=code.reg(value), imm=number)
    return Imm(0)


@intrinsic("mark")
def mark(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """A moment for statistics and traces. It costs nothing, nor do the moves to its operands."""
    kind, a, b = _values(code, node)
    code.emit("MARK", a=_free(code, a), b=_number(code, b), imm=_known(code, kind, "the kind of mark"))
    return Imm(0)


@intrinsic("count")
def count(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """A statistic named by a handle."""
    statistic, by = _values(code, node)
    code.emit("STAT", b=_number(code, by), imm=_known(code, statistic, "the statistic"))
    return Imm(0)


@intrinsic("stat_add")
def statistic_of_class(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """`x.field += n` for a statistic: one counter for the field of all structs of the class; no place is evaluated."""
    place, amount = node.args
    assert isinstance(place, tree.FieldPlace)
    assert isinstance(place.base.type, Ref)
    by = code.value(amount)  # type: ignore[arg-type]
    code.emit("STAT", b=_number(code, by), imm=Imm(0, Counter(f"{place.base.type}.{place.steps[0].field}")))
    return Imm(0)


@intrinsic("panic")
def panic(code: Code, node: tree.Intrinsic, want: int | None) -> Operand:
    """The end of a run."""
    for arg in node.args:
        code.value(arg)  # type: ignore[arg-type]
    code.emit("PANIC", imm=Imm(0, Text(str(node.extra), code.span)))
    return Imm(0)


def _free(code: Code, value: Operand) -> int:
    """A register for the operand of something that must not cost anything."""
    asserting, code.asserting = code.asserting, True
    register = code.reg(value)
    code.asserting = asserting
    return register


def _number(code: Code, value: Operand) -> Operand:
    """The same where the instruction can hold a small number itself."""
    small = isinstance(value, Imm) and value.reloc is None and fits(value.value)
    return value if small else _free(code, value)


def _known(code: Code, value: Operand, what: str) -> int:
    """A number that an instruction holds itself."""
    if isinstance(value, Imm) and value.reloc is None:
        return value.value
    raise code.refuse(codes.NO_VALUE, f"{what} is not a constant", "name it by a number or a constant of the design")
