"""The parameters and result of a function, from its annotations, without reading its body."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

from splx.base.diagnostics import Diagnostic, Span, SplxError
from splx.lang import codes
from splx.lang.links import Handle
from splx.lang.resolve import NotATypeError, value_type
from splx.lang.source import function_node, line_span
from splx.lang.tree import Param
from splx.lang.types import UNIT, Func
from splx.lang.types import Handle as HandleType

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.lang.types import Type

_VALUES = "annotate it: `int`, `bool`, or a struct class"
_RESULTS = "annotate it: `-> None`, `-> int`, or `-> bool`"


@dataclass(frozen=True, slots=True)
class Signature:
    """What a call must give, and what it gets."""

    params: tuple[Param, ...]
    result: Type

    @property
    def kind(self) -> Func:
        """The type of the function as a value."""
        return Func(tuple(each.type for each in self.params), self.result)


_known: dict[Callable[..., Any], Signature] = {}


def signature(func: Callable[..., Any]) -> Signature:
    """The signature of a Python function; the same object every time. SplxError (L0005 to L0008) if it has none."""
    known = _known.get(func)
    if known is None:
        known = _known[func] = _read(func)
    return known


def _read(func: Callable[..., Any]) -> Signature:
    problems = _parameter_problems(func)
    hints = _hints(func, problems)
    names = func.__code__.co_varnames[: func.__code__.co_argcount]
    params = tuple(Param(name, _type_of(func, name, hints, problems)) for name in names)
    result = _type_of(func, "return", hints, problems)
    if problems:
        raise SplxError(*problems)
    return Signature(params, result)


def _parameter_problems(func: Callable[..., Any]) -> list[Diagnostic]:
    code = func.__code__
    problems = []
    if code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS) or code.co_kwonlyargcount:
        message = f"`{func.__name__}` takes a varying number of arguments, or arguments by name only"
        problems.append(Diagnostic(codes.STAR_PARAMETER, message, _span(func, ""), help="name every parameter"))
    if func.__defaults__:
        name = code.co_varnames[code.co_argcount - len(func.__defaults__)]
        message = f"parameter `{name}` of `{func.__name__}` has a default value"
        problems.append(Diagnostic(codes.DEFAULT, message, _span(func, name), help="give the value at every call"))
    return problems


def _hints(func: Callable[..., Any], problems: list[Diagnostic]) -> dict[str, Any]:
    annotations = inspect.get_annotations(func)
    # Most annotations are one name of the module: no need to compile them.
    space = func.__globals__
    hints = {name: space.get(text, text) if isinstance(text, str) else text for name, text in annotations.items()}
    unknown = [name for name, each in hints.items() if isinstance(each, str)]
    for name in unknown:
        try:
            hints[name] = _evaluate(func, hints[name])
        except NameError as error:
            message = f"the annotation of {_called(func, name)} names `{error.name}`, which is not known"
            help_ = f"import `{error.name}`, or define it at the top level of the module"
            problems.append(Diagnostic(codes.NO_VALUE_TYPE, message, _span(func, name), help=help_))
            del hints[name]
    return hints


def _evaluate(func: Callable[..., Any], text: str) -> object:
    holder = type("Holder", (), {"__annotations__": {"it": text}})
    return get_type_hints(holder, globalns=func.__globals__, localns=func.__globals__, include_extras=True)["it"]


def _type_of(func: Callable[..., Any], name: str, hints: dict[str, Any], problems: list[Diagnostic]) -> Type:
    """The type, or UNIT after adding to `problems`."""
    if name not in hints:
        return _unannotated(func, name, problems)
    try:
        return value_type(hints[name])
    except NotATypeError as refusal:
        message = f"{_called(func, name)} {refusal.args[0]}, which the language does not have"
        help_ = _RESULTS if name == "return" else _VALUES
        problems.append(Diagnostic(codes.NO_VALUE_TYPE, message, _span(func, name), help=help_))
    except SplxError as error:
        problems.extend(error.diagnostics)
    return UNIT


def _unannotated(func: Callable[..., Any], name: str, problems: list[Diagnostic]) -> Type:
    owner = getattr(func, "__owner__", None)
    if owner is not None and name == func.__code__.co_varnames[0]:
        return HandleType(owner) if issubclass(owner, Handle) else value_type(owner)
    if name in inspect.get_annotations(func):
        return UNIT  # reported when it was evaluated
    message = f"{_called(func, name)} has no annotation"
    help_ = _RESULTS if name == "return" else _VALUES
    problems.append(Diagnostic(codes.NO_ANNOTATION, message, _span(func, name), help=help_))
    return UNIT


def _called(func: Callable[..., Any], name: str) -> str:
    return f"the result of `{func.__name__}`" if name == "return" else f"parameter `{name}` of `{func.__name__}`"


def _span(func: Callable[..., Any], name: str) -> Span | None:
    """Where the parameter stands (or the line of the `def`)."""
    code = func.__code__
    node = function_node(func)
    if node is None:
        return line_span(code.co_filename, code.co_firstlineno)
    for each in (*node.args.posonlyargs, *node.args.args):
        if each.arg == name:
            return Span.of_node(code.co_filename, each)
    if name == "return" and node.returns is not None:
        return Span.of_node(code.co_filename, node.returns)
    return line_span(code.co_filename, node.lineno)
