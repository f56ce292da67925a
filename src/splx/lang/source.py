"""From a function or class to its syntax tree, with the lines and columns of the user's own file.

A file is parsed once. Columns stay as `ast` gives them, in UTF-8 bytes, which is what `Span` holds. `co_firstlineno`
is the line of the first decorator, so that is what functions are found by.
"""

from __future__ import annotations

import ast
import linecache
from typing import TYPE_CHECKING, Any, TypeAlias

from splx.base.diagnostics import Span

if TYPE_CHECKING:
    from collections.abc import Callable

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


class File:
    """The functions and classes of one parsed file."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.name = name
        self.lines = lines
        self.functions: dict[tuple[int, str], FunctionNode] = {}
        self.classes: dict[str, list[ast.ClassDef]] = {}
        self._index(ast.parse("".join(lines)).body)

    def _index(self, body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                self.functions[first, node.name] = node
                self._index(node.body)
            elif isinstance(node, ast.ClassDef):
                self.classes.setdefault(node.name, []).append(node)
                self._index(node.body)
            else:
                for part in ("body", "orelse", "handlers", "finalbody"):
                    self._index([each for each in getattr(node, part, ()) if isinstance(each, ast.stmt)])


_files: dict[str, File] = {}


def file(name: str, module_globals: dict[str, Any] | None = None) -> File | None:
    """The parsed text of file `name`, or None if there is none or it does not parse.

    Text put into `linecache` counts as a file; text that `linecache` has replaced is parsed again.
    """
    lines = linecache.getlines(name, module_globals)
    if not lines:
        return None
    known = _files.get(name)
    if known is None or known.lines is not lines:
        try:
            known = _files[name] = File(name, lines)
        except SyntaxError:
            return None
    return known


def function_node(func: Callable[..., Any]) -> FunctionNode | None:
    """The `def` of `func`, or None if its text cannot be found (or is a lambda)."""
    code = func.__code__
    found = file(code.co_filename, func.__globals__)
    return None if found is None else found.functions.get((code.co_firstlineno, code.co_name))


def class_node(name: str, filename: str, line: int) -> ast.ClassDef | None:
    """The `class` statement of that name nearest to `line` of file `filename`."""
    found = file(filename)
    nodes = [] if found is None else found.classes.get(name, [])
    return min(nodes, key=lambda node: abs(node.lineno - line), default=None)


def field_span(cls: type, field: str) -> Span | None:
    """The place where `cls` declares `field`, or else the line of the class; None if there is no text."""
    made_at = vars(cls).get("__made_at__")
    if made_at is None:
        return None
    node = class_node(cls.__name__, *made_at)
    if node is None:
        return line_span(*made_at)
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and each.target.id == field:
            return Span.of_node(made_at[0], each)
    return line_span(made_at[0], node.lineno)


def line_span(filename: str, line: int) -> Span:
    """All of one line of a file."""
    return Span.of_line(filename, line, linecache.getline(filename, line).rstrip("\r\n"))
