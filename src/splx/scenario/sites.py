"""Where in the user's own file something was declared, so that every complaint can show that line.

A declaration remembers the call that made it. Only when something is wrong with an argument is the file parsed
again, to underline the argument and not the whole call.
"""

from __future__ import annotations

import ast
import linecache
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splx.base.diagnostics import Span

if TYPE_CHECKING:
    from types import CodeType, FrameType

_OURS = "splx.scenario"


@dataclass(frozen=True, slots=True)
class Site:
    """A call in the user's file."""

    span: Span

    def argument(self, name: str, position: int = -1) -> Span:
        """The place of the argument given by `name` or, counted from 0, at `position`; of the whole call if none is."""
        node = _call_at(self.span)
        if node is None:
            return self.span
        for keyword in node.keywords:
            if keyword.arg == name:
                return Span.of_node(self.span.file, keyword.value)
        if 0 <= position < len(node.args):
            return Span.of_node(self.span.file, node.args[position])
        return self.span


def here() -> Site:
    """The innermost call that is being made outside this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_ours(frame) and frame.f_back is not None:
        frame = frame.f_back
    assert frame is not None
    return Site(span_of(frame.f_code, frame.f_lasti, frame.f_lineno))


def line_of(file: str, line: int) -> Span:
    """All of one line."""
    return Span.of_line(file, line, linecache.getline(file, line).rstrip("\r\n"))


def _is_ours(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    return name == _OURS or name.startswith(f"{_OURS}.")


def span_of(code: CodeType, offset: int, line: int) -> Span:
    """The expression being evaluated at byte `offset` of `code`; all of `line` if Python does not know better."""
    place = next(iter(list(code.co_positions())[offset // 2 : offset // 2 + 1]), (None, None, None, None))
    first, last, col, end_col = place
    if first is None or last is None or col is None or end_col is None:
        return line_of(code.co_filename, line)
    return Span(code.co_filename, first, col, last, end_col)


def _call_at(span: Span) -> ast.Call | None:
    text = "".join(linecache.getlines(span.file))
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    return next((node for node in ast.walk(tree) if isinstance(node, ast.Call) and _covers(node, span)), None)


def _covers(node: ast.Call, span: Span) -> bool:
    return (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset) == (
        span.line,
        span.col,
        span.end_line,
        span.end_col,
    )
