"""The typed form: what the front end makes of a function, and what every back end starts from.

    function  ::= name, parameters, result, body
    statement ::= Assign | Expr | If | While | For | Break | Continue | Return | Assert | Spin
    expression::= Const | Local | Static | FuncRef | Load | Addr | Unary | Binary | Compare | Both | Either | Select
                | Call | Indirect | TableCall | Intrinsic
    place     ::= LocalPlace | FieldPlace

Everything sugared is gone: augmented assignment is load, operate, store; `with lock` is enter and exit on every
way out; chained comparisons are `Both`; `for` keeps its bounds evaluated once. Every node carries the span of the
user's text, because every instruction made from it must be able to show that line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.base.diagnostics import Span
    from splx.lang.types import Struct, Type


@dataclass(frozen=True, slots=True)
class Const:
    """A number, a truth value (type BOOL), NULL, or a handle. `value` may be a `Size` or link-time `Const` object."""

    value: Any
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Local:
    """The value of a local or parameter."""

    name: str
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Static:
    """A reference to a module-level struct instance. Per-CPU instances have a `type.struct.per_cpu` struct."""

    obj: object
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class FuncRef:
    """A function used as a value (kernel dialect): its number in the function table."""

    func: Callable[..., Any]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """One step into a place: a field by name, or an item by index (exactly one of the two is set)."""

    field: str | None
    index: Expression | None
    type: Type


@dataclass(frozen=True, slots=True)
class LocalPlace:
    """A local variable as the target of an assignment."""

    name: str
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """A scalar or struct reached from a reference by fields and indices; `cpu` is set by `on_cpu(static, n)`."""

    base: Expression
    steps: tuple[Step, ...]
    type: Type
    span: Span
    cpu: Expression | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """The value of a scalar place."""

    place: FieldPlace
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Addr:
    """A reference to a struct place (`e = m.code[pc]`)."""

    place: FieldPlace
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class NewLocal:
    """`x = Exec()`: a zeroed struct that lives as long as the function's activation (engine dialect)."""

    struct: Struct
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """`-`, `~`, `not`, `int` (of a bool), `bool` (of an integer), `abs`."""

    op: str
    operand: Expression
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """`+ - * // % & | ^ << >> min max` on I64; `& | ^` on BOOL."""

    op: str
    left: Expression
    right: Expression
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Compare:
    """`== != < <= > >=` of integers; `==` and `!=` of references and truth values. Type BOOL."""

    op: str
    left: Expression
    right: Expression
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Both:
    """`and` of truth values; the right side is evaluated only when the left holds."""

    left: Expression
    right: Expression
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Either:
    """`or` of truth values; the right side is evaluated only when the left does not hold."""

    left: Expression
    right: Expression
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Select:
    """`a if c else b`. A back end may evaluate both sides when neither can fail or be seen."""

    test: Expression
    then: Expression
    other: Expression
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A direct call. In kernel code `func` may be a slot of the interface, which the design links."""

    func: Callable[..., Any]
    args: tuple[Expression, ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Indirect:
    """A call through a `Func` value (kernel dialect)."""

    target: Expression
    args: tuple[Expression, ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class TableCall:
    """`TABLE[i](args)`: a call through a tuple of functions of one signature (engine dialect)."""

    table: tuple[Callable[..., Any], ...]
    index: Expression
    args: tuple[Expression, ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Intrinsic:
    """A machine operation or a wide-arithmetic helper. Place arguments (`cas(m.word, ...)`) stay places."""

    name: str
    args: tuple[Expression | FieldPlace, ...]
    type: Type
    span: Span
    #: what is not an expression: a struct class (`at`), a message (`panic`), a function (`enter`).
    extra: Any = None


Expression: TypeAlias = (
    Const
    | Local
    | Static
    | FuncRef
    | Load
    | Addr
    | NewLocal
    | Unary
    | Binary
    | Compare
    | Both
    | Either
    | Select
    | Call
    | Indirect
    | TableCall
    | Intrinsic
)
Place: TypeAlias = LocalPlace | FieldPlace


@dataclass(frozen=True, slots=True)
class Assign:
    """`place = value`. `ghost`: it serves assertions alone."""

    place: Place
    value: Expression
    span: Span
    ghost: bool = False


@dataclass(frozen=True, slots=True)
class Expr:
    """An expression for its effect: a call or an intrinsic."""

    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class If:
    """`if test: then else: other`."""

    test: Expression
    then: tuple[Statement, ...]
    other: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class While:
    """`while test: body`."""

    test: Expression
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class For:
    """`for name in range(start, stop, step)`: bounds once, `step` a nonzero constant."""

    name: str
    start: Expression
    stop: Expression
    step: int
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Break:
    """Leave the innermost loop."""

    span: Span


@dataclass(frozen=True, slots=True)
class Continue:
    """Next round of the innermost loop."""

    span: Span


@dataclass(frozen=True, slots=True)
class Return:
    """`return value`; `value is None` for functions of type UNIT."""

    value: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Assert:
    """`assert test, message`."""

    test: Expression
    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Spin:
    """`spin_while(test)`: busy-wait as long as `test`, which only loads and computes (kernel dialect)."""

    test: Expression
    span: Span


Statement: TypeAlias = Assign | Expr | If | While | For | Break | Continue | Return | Assert | Spin


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter and its type."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Contract:
    """What a decorator asks of every call: `context`, the contexts, or `level`, the least level. `span`: where it says
    so.
    """

    name: str
    wanted: Any
    span: Span


@dataclass(frozen=True, slots=True)
class Function:
    """A function in typed form."""

    name: str
    func: Callable[..., Any]
    params: tuple[Param, ...]
    result: Type
    body: tuple[Statement, ...]
    span: Span
    #: contracts and marks set by decorators: "inline", "noinline", "entry", "atomic", "account", "context", "level".
    marks: dict[str, Any] = field(default_factory=dict)
    #: every local with its type, parameters included.
    locals: dict[str, Type] = field(default_factory=dict)
    #: what is asked of whoever calls it.
    contracts: tuple[Contract, ...] = ()
