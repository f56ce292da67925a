"""Contracts: what a function asks of its callers, and calls that show that they do not keep to it."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic, Span
from splx.lang import codes
from splx.lang.marks import marks_of
from splx.lang.source import function_node
from splx.lang.tree import Contract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from splx.lang.kernel import Context
    from splx.lang.source import FunctionNode

#: The decorators that ask something of callers.
_ASKING = ("context", "level")

_WHERE = {"THREAD": "a thread", "SOFTINT": "a soft interrupt", "HARDINT": "a hard interrupt", "IDLE": "the idle loop"}


def contracts(func: Callable[..., Any], node: FunctionNode, marks: dict[str, Any]) -> tuple[Contract, ...]:
    """What the decorators of a function ask of whoever calls it."""
    made = []
    for each in node.decorator_list:
        name = ast.unparse(each.func).rpartition(".")[2] if isinstance(each, ast.Call) else ""
        if name in _ASKING and name in marks:
            made.append(Contract(name, marks[name], Span.of_node(func.__code__.co_filename, each)))
    return tuple(made)


def context_conflicts(
    func: Callable[..., Any],
    contexts: frozenset[Context] | None,
    calls: list[tuple[Callable[..., Any], Span]],
    way: tuple[str, ...] = (),
) -> Iterator[Diagnostic]:
    """L0301 for each call of a function that may not be called in all of `contexts`, those of `func`.

    `way` names the functions that lead to `func` from the one that declares its contexts.
    """
    for callee, span in calls if contexts is not None else ():
        allowed = marks_of(callee).get("context")
        if allowed is not None and contexts is not None and contexts - allowed:
            found = _conflict(func, callee, sorted(contexts - allowed), allowed, span)
            yield replace(found, notes=(" calls ".join(f"`{name}`" for name in way),)) if way else found


def _conflict(
    func: Callable[..., Any], callee: Callable[..., Any], bad: list[Context], allowed: frozenset[Context], span: Span
) -> Diagnostic:
    places = " or ".join(_WHERE[each.name] for each in bad)
    return Diagnostic(
        codes.CONTEXT,
        f"`{callee.__name__}` in {places}",
        span,
        label=f"may be called in {' or '.join(_WHERE[each.name] for each in sorted(allowed))} only",
        related=tuple(_head(func, f"runs in {places}")),
        help=f"call it from {_WHERE[min(allowed).name]}: defer the work there",
    )


def _head(func: Callable[..., Any], label: str) -> Iterator[tuple[Span, str]]:
    node = function_node(func)
    if node is not None:
        end = node.col_offset + len(f"def {node.name}".encode())
        yield Span(func.__code__.co_filename, node.lineno, node.col_offset, node.lineno, end), label
