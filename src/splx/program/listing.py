"""Listings: machine code beside the user's lines, as text that can be read back, and as data.

    splraise: call, window 4, frame 3, link r5
         17  LDP      r6, cpu[3]                       ; level    private  spl.py:41 | old = spl.ilevel
         18  MAX      r4, r6, r4                       ; level    alu      spl.py:42 | spl.ilevel = max(old, n)

Registers are `r4`, numbers `#7`, memory `[r3+8]`, this CPU's words `cpu[3]`, those of them on shared lines `own[3]`,
targets `->17`, checked stores `:u8`, messages of assertions `t=3`, and `-` is no register. Behind the semicolon:
account, cost class, place and text of the line; the text is given where it changes. `|>` before it says that the line
was inlined, through one call for each `>`.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import source_line
from splx.machine.constants import F_IMM, F_NUM, F_OWN, F_SHARED, F_SPIN, NOREG
from splx.machine.costs import Account, Cost
from splx.machine.table import ROWS
from splx.program.rows import shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.base.diagnostics import Span
    from splx.program.image import Image
    from splx.program.insn import Insn

#: op, flags, dst, a, b, c, acct, t, imm
Fields = tuple[str, int, int, int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Head:
    """The line above a function. `link` is -1 for one that starts contexts, `number` 0 for one without a number."""

    name: str
    kind: str
    number: int
    window: int
    frame: int
    link: int


@dataclass(frozen=True, slots=True)
class Line:
    """An instruction as the machine has it, its cost class, and the line of the text behind it.

    `source` is "" where the text is that of the line before; `inlined` says through how many calls it came.
    """

    pc: int
    fields: Fields
    cost: str
    place: str
    source: str
    inlined: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A program as lines, each function under its head."""

    lines: tuple[Head | Line, ...]

    @property
    def code(self) -> list[Fields]:
        """The instructions alone."""
        return [each.fields for each in self.lines if isinstance(each, Line)]


def listing(image: Image, *names: str) -> Listing:
    """The listing of a program, or of the functions of some names."""
    lines: list[Head | Line] = [] if names else [_line(image.insns[0], 0, None)]
    for each in image.functions:
        if not names or each.name in names:
            lines.append(Head(each.name, each.kind, each.number, each.window, each.frame, each.link))
            before = None
            for pc in range(each.start, each.end):
                lines.append(_line(image.insns[pc], pc, before))
                before = image.insns[pc].span
    return Listing(tuple(lines))


def inlined_into(image: Image, name: str) -> list[str]:
    """The functions that have the code of the one of that name among theirs."""
    others = [each for each in image.functions if each.name != name]
    bodies = {each.name: image.insns[each.start : each.end] for each in others}
    return [other for other, insns in bodies.items() if any(name in insn.origin.functions[:-1] for insn in insns)]


def _line(insn: Insn, pc: int, before: Span | None) -> Line:
    span = insn.span
    same = before is not None and (before.file, before.line) == (span.file, span.line)
    source = "" if same else (source_line(span.file, span.line) or "").strip()
    place = f"{PurePath(span.file).name}:{span.line}"
    return Line(pc, insn.machine_fields(), cost_of(insn).name.lower(), place, source, len(insn.chain))


def cost_of(insn: Insn) -> Cost:
    """The cost class of an instruction: that of its row, but for those that only serve an assertion or a mark."""
    return Cost.ASSERT if insn.assertion else ROWS[insn.op].cost


# ---- text


def render(it: Listing) -> str:
    """The listing as text."""
    return "".join(f"{text}\n" for text in _texts(it))


def _texts(it: Listing) -> Iterator[str]:
    for each in it.lines:
        if isinstance(each, Head):
            link = "" if each.link < 0 else f", link r{each.link}"
            number = f" #{each.number}" if each.number else ""
            yield ""
            yield f"{each.name}: {each.kind}{number}, window {each.window}, frame {each.frame}{link}"
        else:
            yield _text(each)


def _text(line: Line) -> str:
    op, flags, acct = line.fields[0], line.fields[1], line.fields[6]
    name = f"{op}.spin" if flags & F_SPIN else op
    code = f"{line.pc:7}  {name:<8} {', '.join(_operands(line.fields))}"
    about = f"; {Account(acct).name.lower():<8} {line.cost:<8} {line.place}"
    source = f" |{'>' * line.inlined} {line.source}" if line.source or line.inlined else ""
    return f"{code:<46} {about}{source}".rstrip()


def _operands(fields: Fields) -> Iterator[str]:
    """Operands in the order of the row; address parts are put together where the row has its immediate."""
    op, flags, dst, a, b, c, _, t, imm = fields
    registers = {"dst": dst, "a": a, "b": b, "c": c, "t": t}
    row, form = ROWS[op], shape(op)
    address = _address_parts(op)
    for kind in row.operands:
        if kind in {"bits", "m"} or kind.rstrip("?") in address:
            continue
        if kind == "imm":
            yield _address(fields, address) if row.access else f"#{imm}"
        elif kind == "B" and form.b_or_imm and flags & F_IMM:
            yield f"#{imm}"
        elif kind == "N" and flags & F_NUM:
            yield f"#{(b ^ 0x8000) - 0x8000}"
        elif kind == "t" and form.target:
            yield f"->{t}"
        else:
            yield _register(registers["b" if kind == "N" else kind.rstrip("?").lower()])
    if t and not (form.target or form.t_register or form.bits):
        yield f"t={t}"


def _address_parts(op: str) -> tuple[str, ...]:
    """The registers that are part of an address: what stands before the immediate of a memory row, but for dst."""
    row = ROWS[op]
    if not row.access or "imm" not in row.operands:
        return ()
    before = row.operands[: row.operands.index("imm")]
    return tuple(kind.rstrip("?") for kind in before if not kind.startswith("dst"))


def _address(fields: Fields, parts: tuple[str, ...]) -> str:
    op, flags, _, a, b, _, _, t, imm = fields
    registers = {"a": a, "b": b}
    inside = "+".join([*(f"r{registers[part]}" for part in parts if registers[part] != NOREG), str(imm)])
    space = "own" if flags & F_OWN else "" if ROWS[op].shared else "cpu"
    width = f":{'u' if t > 0 else 'i'}{abs(t)}" if shape(op).bits and t else ""
    return f"{space}[{inside}]{width}"


def _register(number: int) -> str:
    return "-" if number == NOREG else f"r{number}"


# ---- and back

_HEAD = re.compile(r"(\S+): (\w+)(?: #(\d+))?, window (\d+), frame (\d+)(?:, link r(\d+))?")
_LINE = re.compile(r"\s*(\d+)  (\w+)(\.spin)? *(.*?) *; (\w+) +(\w+) +(.+?:\d+)(?: \|(>*)(?: (\S.*))?)?")
_ADDRESS = re.compile(r"(cpu|own)?\[((?:r\d+\+)*)(-?\d+)\](?::([ui])(\d+))?")


def parse(text: str) -> Listing:
    """The listing that `text` is. ValueError, with the line, for what is none."""
    lines: list[Head | Line] = []
    for number, each in enumerate(text.splitlines(), 1):
        if not each.strip():
            continue
        head, line = _HEAD.fullmatch(each), _LINE.fullmatch(each)
        if head is not None:
            link = -1 if head[6] is None else int(head[6])
            lines.append(Head(head[1], head[2], int(head[3] or 0), int(head[4]), int(head[5]), link))
        elif line is not None:
            lines.append(_parsed(line))
        else:
            raise ValueError(f"line {number} is neither an instruction nor the head of a function: {each!r}")
    return Listing(tuple(lines))


def _parsed(line: re.Match[str]) -> Line:
    op = line[2]
    fields = {"flags": (F_SPIN if line[3] else 0) | (F_SHARED if ROWS[op].shared else 0), "t": 0, "imm": 0}
    fields |= dict.fromkeys(("dst", "a", "b", "c"), 0)
    _read_operands(op, line[4].split(", ") if line[4] else [], fields)
    values = (*(fields[name] for name in ("flags", "dst", "a", "b", "c")), Account[line[5].upper()].value)
    machine: Any = (op, *values, fields["t"], fields["imm"])
    return Line(int(line[1]), machine, line[6], line[7], line[9] or "", len(line[8] or ""))


def _read_operands(op: str, texts: list[str], fields: dict[str, int]) -> None:
    form, address = shape(op), _address_parts(op)
    kinds = [kind.rstrip("?") for kind in ROWS[op].operands if kind not in {"bits", "m"}]
    kinds = [kind for kind in kinds if kind not in address]
    for kind, text in zip(kinds, texts, strict=False):
        if kind == "imm" and ROWS[op].access:
            _read_address(op, text, address, fields)
        elif kind == "N" and text.startswith("#"):
            fields["b"] = int(text[1:]) & 0xFFFF
            fields["flags"] |= F_NUM
        elif text.startswith("#"):
            fields["imm"] = int(text[1:])
            fields["flags"] |= F_IMM if kind == "B" and form.b_or_imm else 0
        elif text.startswith("->"):
            fields["t"] = int(text[2:])
        else:
            fields["b" if kind == "N" else kind.lower()] = NOREG if text == "-" else int(text[1:])
    if len(texts) > len(kinds):
        fields["t"] = int(texts[-1].removeprefix("t="))


def _read_address(op: str, text: str, parts: tuple[str, ...], fields: dict[str, int]) -> None:
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise ValueError(f"`{text}` is no address of `{op}`")
    registers = [int(each) for each in re.findall(r"r(\d+)", match[2])]
    for part, register in zip(parts, [*registers, *[NOREG] * len(parts)], strict=False):
        fields[part] = register
    fields["imm"] = int(match[3])
    fields["flags"] |= F_OWN if match[1] == "own" else 0
    if match[4]:
        fields["t"] = int(match[5]) if match[4] == "u" else -int(match[5])


# ---- data


def to_json(image: Image) -> dict[str, Any]:
    """The program for `json.dumps`: functions, instructions with the whole way back to the text, statics, messages."""
    names = ("op", "flags", "dst", "a", "b", "c", "acct", "t", "imm")
    code = []
    for pc, insn in enumerate(image.insns):
        where = [{"function": name, **asdict(span)} for name, span in image.where(pc)]
        fields = dict(zip(names, insn.machine_fields(), strict=True))
        code.append({"pc": pc, **fields, "cost": cost_of(insn).name.lower(), "live": image.live[pc], "where": where})
    heads = [each for each in listing(image).lines if isinstance(each, Head)]
    return {
        "functions": [
            {**asdict(head), "start": each.start, "end": each.end}
            for head, each in zip(heads, image.functions, strict=True)
        ],
        "code": code,
        "registers": image.regs,
        "statics": {image.data.name(obj): image.address_of(obj) for obj in image.data.statics},
        "percpu": {"base": image.percpu_base, "stride": image.percpu_stride, "words": image.percpu_words},
        "messages": [{"text": each.text, **asdict(each.span)} for each in image.messages],
        "statistics": image.counters,
    }
