"""The door of the front end: `front` reads one function, `front_all` everything that some functions call.

Typed form is cached by function. Mistakes are gathered, not met one by one: SplxError carries all of a function's
(`front`) or of all functions (`front_all`).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from types import FunctionType
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic, Span, SplxError
from splx.lang import codes
from splx.lang.front import assignments, calls, flow, literals, operators, places  # noqa: F401 - readers register
from splx.lang.front.contracts import context_conflicts, contracts
from splx.lang.front.names import meaning
from splx.lang.front.relations import called
from splx.lang.front.signatures import Signature, signature
from splx.lang.front.statements import block
from splx.lang.front.work import Dialect, RefusedError, Work
from splx.lang.intrinsic import intrinsic
from splx.lang.marks import is_decorator, marks_of
from splx.lang.source import function_node, line_span
from splx.lang.tree import Function
from splx.lang.types import BOOL, I64, UNIT, Func, Handle

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.lang.source import FunctionNode

__all__ = ["Dialect", "Fronted", "FunctionRefusedError", "front", "fronted"]


@dataclass(frozen=True, slots=True)
class Fronted:
    """A function in typed form, with what it calls (and where) and the functions it uses as values."""

    function: Function
    calls: tuple[tuple[Callable[..., Any], Span], ...]
    references: tuple[Callable[..., Any], ...]
    #: It assigns to a field, or does something on the machine, itself.
    changes: bool
    #: The calls inside conditions of assertions.
    asserted: tuple[tuple[Callable[..., Any], Span], ...]


class FunctionRefusedError(SplxError):
    """Everything wrong in one function. What it calls is known all the same, so that it can be read too."""

    def __init__(self, work: Work) -> None:
        super().__init__(*work.errors.diagnostics)
        self.calls = tuple(work.calls)


_known: dict[tuple[Callable[..., Any], Dialect], Fronted] = {}


def front(func: Callable[..., Any], dialect: Dialect = Dialect.ENGINE) -> Function:
    """The typed form of `func`. SplxError, with everything wrong in it, if it is outside the language."""
    return fronted(func, dialect).function


def fronted(func: Callable[..., Any], dialect: Dialect = Dialect.ENGINE) -> Fronted:
    """As `front`, with what the function calls."""
    known = _known.get((func, dialect))
    if known is None:
        known = _known[func, dialect] = _read_shallow(func, dialect)
    return known


def _read_shallow(func: Callable[..., Any], dialect: Dialect) -> Fronted:
    """As `_read`. L0129 if the function is nested so deeply that Python gives up."""
    try:
        return _read(func, dialect)
    except RecursionError:
        where = line_span(func.__code__.co_filename, func.__code__.co_firstlineno)
        message = f"`{func.__name__}` is nested too deeply"
        raise SplxError(Diagnostic(codes.SYNTAX, message, where, help="give parts of it names")) from None


def forget(dialect: Dialect) -> None:
    """Read functions of `dialect` anew from here on: constants they mention may have changed since."""
    for key in [key for key in _known if key[1] is dialect]:
        del _known[key]


def _read(func: Callable[..., Any], dialect: Dialect) -> Fronted:
    node = _node(func)
    wanted = signature(func)
    marks = marks_of(func)
    work = _work(func, node, wanted, dialect)
    _check_head(work)
    work.claiming = "invariant" in marks  # it may look at what is there for assertions
    body = () if "slot" in marks else block(work, node.body)
    if "slot" in marks:
        _check_slot(work)
    elif work.assigned is not None and wanted.result != UNIT:
        _refuse_falling_off(work)
    for each in context_conflicts(func, marks.get("context"), work.calls):
        work.errors.add(each)
    if work.errors.diagnostics:
        raise FunctionRefusedError(work)
    span = _head(work)
    known = {name: kind for name, kind in work.types.items() if kind is not None}
    asked = contracts(func, node, marks)
    function = Function(func.__name__, func, wanted.params, wanted.result, body, span, marks, known, asked)
    changes = work.stores or bool(work.effects) or "slot" in marks
    return Fronted(function, tuple(work.calls), tuple(work.references), changes, tuple(work.asserted))


def _node(func: Callable[..., Any]) -> FunctionNode:
    if not isinstance(func, FunctionType):
        message = f"`{getattr(func, '__name__', func)}` is a Python `{type(func).__name__}`, and no function"
        raise SplxError(Diagnostic(codes.NOT_A_FUNCTION, message, help="give a function written with `def`"))
    code = func.__code__
    if code.co_name == "<lambda>":
        where = line_span(code.co_filename, code.co_firstlineno)
        raise SplxError(Diagnostic(codes.LAMBDA, "a lambda", where, help="write a function with `def`"))
    node = function_node(func)
    if node is None:
        message = f"the source of `{func.__name__}` cannot be found in `{code.co_filename}`"
        help_ = "write the function in a file; text given to `exec` needs an entry in `linecache`"
        raise SplxError(Diagnostic(codes.NO_SOURCE, message, help=help_))
    if isinstance(node, ast.AsyncFunctionDef):
        where = line_span(code.co_filename, node.lineno)
        help_ = "kernel threads are functions: write `def`"
        raise SplxError(Diagnostic(codes.ASYNC, f"`{func.__name__}` is an async function", where, help=help_))
    return node


def _work(func: Callable[..., Any], node: FunctionNode, wanted: Signature, dialect: Dialect) -> Work:
    params = {each.name: each.type for each in wanted.params}
    return Work(
        func=func,
        node=node,
        dialect=dialect,
        file=func.__code__.co_filename,
        result=wanted.result,
        assigned=set(params),
        local_names=frozenset((*func.__code__.co_varnames, *func.__code__.co_cellvars)),
        types=dict(params),
        params=frozenset(params),
    )


def _head(work: Work) -> Span:
    """The line of the `def`."""
    node = work.node
    return Span(
        work.file, node.lineno, node.col_offset, node.lineno, node.col_offset + len(f"def {node.name}".encode())
    )


def _check_head(work: Work) -> None:
    for each in work.node.decorator_list:
        try:
            found = meaning(work, each.func if isinstance(each, ast.Call) else each)
        except RefusedError:
            continue
        if found is not intrinsic and not is_decorator(found):
            message = f"decorator `@{ast.unparse(each)}` is not of the language"
            work.report(codes.DECORATOR, message, each, "leave it out: the compiler reads the function's own text")
    if work.kernel:
        return
    for param in (*((each.name, each.type) for each in signature(work.func).params),):
        if isinstance(param[1], Func | Handle):
            message = f"parameter `{param[0]}` is {called(param[1])}, which engine code does not have"
            work.report(codes.NO_VALUE_TYPE, message, _head(work), "use an integer")
    if work.result not in (I64, BOOL, UNIT):
        message = f"`{work.func.__name__}` gives {called(work.result)}, which engine code cannot return"
        work.report(codes.NO_VALUE_TYPE, message, _head(work), "return an index, or fill a struct that is passed in")


def _check_slot(work: Work) -> None:
    for each in work.node.body:
        inner = each.value if isinstance(each, ast.Expr) else None
        words = isinstance(inner, ast.Constant) and (inner.value is Ellipsis or isinstance(inner.value, str))
        if not words and not isinstance(each, ast.Pass | ast.Raise):
            message = f"slot `{work.func.__name__}` has a body, and a slot is a signature"
            work.report(codes.SLOT_BODY, message, each, "write `...`; the design links it to a body")
            return


def _refuse_falling_off(work: Work) -> None:
    last = work.node.body[-1]
    while isinstance(last, ast.If | ast.While | ast.For | ast.With) and last.body:
        inner = (getattr(last, "orelse", None) or last.body)[-1]
        last = inner if isinstance(last, ast.If | ast.With) else last
        if last is not inner:
            break
    message = f"`{work.func.__name__}` can end without a `return`, and gives {called(work.result)}"
    span = work.span(last)
    if span.end_line != span.line:
        span = line_span(work.file, span.line)
    label = "after this, nothing is returned"
    work.report(codes.NO_RETURN, message, span, "end every way with a `return`", label=label)
