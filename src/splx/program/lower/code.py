"""Code under construction: a list of instructions and labels over virtual registers, and the scopes being lowered.

Lowering is a walk over the typed form. What each kind of node becomes is said by one function, entered in `VALUES`,
`JUMPS` or `STATEMENTS` by the decorators below; the walk itself is the three methods `value`, `jump` and `block`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from splx.base.diagnostics import Diagnostic, SplxError
from splx.machine.constants import F_IMM, F_NUM, F_SHARED, F_SPIN, NOREG
from splx.machine.costs import Account
from splx.machine.table import ROWS
from splx.program.insn import Imm, Inlined, Insn, Label, Loop, Operand
from splx.program.rows import fits, shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.base.diagnostics import Span
    from splx.lang import tree
    from splx.program.lower.world import World

Value: TypeAlias = "Callable[[Code, Any, int | None], Operand]"
Jump: TypeAlias = "Callable[[Code, Any, Label, bool], None]"
Do: TypeAlias = "Callable[[Code, Any], None]"
H = TypeVar("H", bound=Callable[..., Any])

VALUES: dict[type, Value] = {}
JUMPS: dict[type, Jump] = {}
STATEMENTS: dict[type, Do] = {}


def _entering(table: dict[type, Any], kinds: tuple[type, ...]) -> Callable[[H], H]:
    def place(handler: H) -> H:
        table.update(dict.fromkeys(kinds, handler))
        return handler

    return place


def value_of(*kinds: type) -> Callable[[H], H]:
    """The decorated function gives the value of these expressions, in the wanted register if that is no detour."""
    return _entering(VALUES, kinds)


def jump_on(*kinds: type) -> Callable[[H], H]:
    """The decorated function goes to a label if such a truth value is as told, and falls through otherwise."""
    return _entering(JUMPS, kinds)


def statement(*kinds: type) -> Callable[[H], H]:
    """The decorated function lowers these statements."""
    return _entering(STATEMENTS, kinds)


@dataclass(slots=True)
class Exit:
    """What `return` does in an inlined function: put the value into `want`, or go to `label` if it is `sense`.

    Then it goes to `end`. `result` is where the value was left.
    """

    end: Label
    want: int | None = None
    label: Label | None = None
    sense: bool = True
    result: Operand | None = None


@dataclass(slots=True)
class Scope:
    """A function being lowered: the whole one, or one inlined into it (which then has an `exit`)."""

    origin: Inlined
    exit: Exit | None = None
    names: dict[str, Operand] = field(default_factory=dict)
    #: labels that `break` and `continue` go to, innermost loop last
    loops: list[tuple[Label, Label]] = field(default_factory=list)

    @property
    def function(self) -> tree.Function:
        """Whose text it is."""
        return self.origin.function


class Code:
    """The instructions of one function as they are made."""

    def __init__(self, world: World, function: tree.Function) -> None:
        self.world = world
        self.items: list[Insn | Label] = []
        self.registers = 0
        #: registers of windows beyond the frame: (callee, place in its window) -> register
        self.windows: dict[tuple[Any, int], int] = {}
        self.scope = Scope(Inlined(function, world.account(function, None)))
        self.span: Span = function.span
        self.asserting = False
        self.spinning = False
        self.loop: Loop | None = None  # the one that is open
        self.params = [self.new() for _ in function.params]
        self.link = self.new()
        self.result = self.new()
        self.scope.names.update(zip((param.name for param in function.params), self.params, strict=True))

    def new(self) -> int:
        """A fresh register."""
        self.registers += 1
        return self.registers - 1

    def window(self, callee: object, place: int) -> int:
        """Register `place` of the window of `callee`: an argument, the result (place 0), or the link register."""
        key = (callee, place)
        if key not in self.windows:
            self.windows[key] = self.new()
        return self.windows[key]

    def emit(
        self, op: str, dst: int = NOREG, a: int = NOREG, b: Operand = NOREG, c: int = NOREG, imm: Imm | int = 0
    ) -> Insn:
        """Append an instruction and return it. A number as `b` becomes its immediate, or `b` itself."""
        small = isinstance(b, Imm) and shape(op).b_or_number and b.reloc is None and fits(b.value)
        if isinstance(b, Imm) and shape(op).b_or_number and not small:
            b = self.reg(b)
        insn = Insn(op, self.span, self.scope.origin)
        insn.dst, insn.a, insn.c = dst, a, c
        if isinstance(b, Imm) and small:
            insn.flags, insn.b = F_NUM, b.value & 0xFFFF
        elif isinstance(b, Imm):
            insn.flags = F_IMM
            imm = b
        else:
            insn.b = b
        if isinstance(imm, Imm):
            insn.imm, insn.reloc = imm.value, imm.reloc
        else:
            insn.imm = imm
        if ROWS[op].shared:
            insn.flags |= F_SHARED
        if self.spinning:
            insn.flags |= F_SPIN
            insn.acct = Account.SPIN.value
        insn.assertion = self.asserting
        insn.within = self.loop
        self.items.append(insn)
        return insn

    def to(self, op: str, want: int | None, a: int = NOREG, b: Operand = NOREG, c: int = NOREG) -> int:
        """Append an instruction whose result goes to `want`, or to a fresh register; returns which."""
        dst = self.new() if want is None else want
        self.emit(op, dst, a, b, c)
        return dst

    def place(self, label: Label) -> None:
        """Let `label` stand for what comes next."""
        self.items.append(label)

    def go(self, label: Label) -> None:
        """Append a jump."""
        self.emit("JMP").target = label

    def back(self, first: int, label: Label, loop: Loop) -> None:
        """All jumps to `label` from item `first` on go back to the beginning of a loop."""
        for item in self.items[first:]:
            if isinstance(item, Insn) and item.target is label:
                item.loop = loop

    def move(self, dst: int, value: Operand) -> None:
        """Copy a value into a register, unless it is there."""
        if value != dst:
            self.emit("MOV", dst, b=value)

    def reg(self, value: Operand) -> int:
        """A register that holds the value."""
        return self.to("MOV", None, b=value) if isinstance(value, Imm) else value

    def value(self, expression: tree.Expression, want: int | None = None) -> Operand:
        """Lower an expression. The result may be anywhere; `want` is only a wish, and is written last if at all."""
        span, self.span = self.span, expression.span
        result = VALUES[type(expression)](self, expression, want)
        self.span = span
        return result

    def value_in(self, expression: tree.Expression, dst: int) -> None:
        """Lower an expression into a register of the caller's."""
        self.move(dst, self.value(expression, dst))

    def value_reg(self, expression: tree.Expression) -> int:
        """Lower an expression into some register."""
        return self.reg(self.value(expression))

    def jump(self, test: tree.Expression, label: Label, sense: bool) -> None:  # noqa: FBT001 - the value it tests for
        """Go to `label` if the truth value of `test` is `sense`; fall through otherwise."""
        span, self.span = self.span, test.span
        JUMPS.get(type(test), JUMPS[object])(self, test, label, sense)
        self.span = span

    def block(self, statements: tuple[tree.Statement, ...]) -> None:
        """Lower statements in order."""
        for each in statements:
            self.span = each.span
            STATEMENTS[type(each)](self, each)

    @contextmanager
    def inside(self, scope: Scope) -> Iterator[None]:
        """Lower in another scope for a while."""
        outer, span = self.scope, self.span
        self.scope = scope
        yield
        self.scope, self.span = outer, span

    def refuse(self, code: str, message: str, help: str | None = None, label: str = "") -> SplxError:  # noqa: A002
        """The error that ends this function's lowering, at the present place, with the calls it was inlined through."""
        related = tuple((span, "called from here") for span in self.scope.origin.chain)
        return SplxError(Diagnostic(code, message, self.span, label, help=help, related=related))
