"""The one renderer of diagnostics.

    error[L0301]: `mutex_enter` in a hard interrupt handler
     --> bad_intr.py:8:5
      |
    7 | def nic_intr():
      |     -------- a hard interrupt: no thread to put to sleep
    8 |     mutex_enter(stats)
      |     ^^^^^^^^^^^^^^^^^^ may sleep
      |
      = help: give `stats` an IPL of IPL_VM or more, or do this in a softint
      = note: mutex(9): an adaptive mutex needs thread context
      = more: splx explain L0301

Related places in another file follow in an excerpt of their own, under `:::`. A file that cannot be read costs the
excerpt and nothing else.
"""

from __future__ import annotations

import linecache
import os
import unicodedata
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import IO, TYPE_CHECKING

from splx.base import codes
from splx.base.controls import without_controls
from splx.base.diagnostics import char_column, source_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splx.base.diagnostics import Diagnostic, Span

TAB = 4
WIDEST = 160


class Style(Enum):
    """Whether to colour."""

    PLAIN = "plain"
    COLOUR = "colour"


_INK = {
    "error": "1;31",
    "finding": "1;33",
    "warning": "1;35",
    "message": "1",
    "gutter": "34",
    "^": "1;31",
    "-": "36",
    "help": "1;32",
}


@dataclass(frozen=True)
class _Mark:
    span: Span
    label: str
    sign: str  # "^" for the place itself, "-" for a related one


def style_for(stream: IO[str]) -> Style:
    """Colour for a terminal, unless NO_COLOR is set (to anything but nothing) or the terminal is dumb."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return Style.PLAIN
    return Style.COLOUR if stream.isatty() else Style.PLAIN


def show(diagnostics: Iterable[Diagnostic], stream: IO[str]) -> None:
    """Write diagnostics to `stream`, a blank line between two, coloured as the stream likes it."""
    style = style_for(stream)
    stream.write("\n".join(render(each, style) for each in diagnostics))


def render(diagnostic: Diagnostic, style: Style = Style.PLAIN) -> str:
    """The text of `diagnostic`, ending in a newline."""
    diagnostic = _printable(diagnostic)
    marks = [] if diagnostic.span is None else [_Mark(diagnostic.span, diagnostic.label, "^")]
    marks += [_Mark(span, label, "-") for span, label in diagnostic.related]
    width = max((len(str(mark.span.line)) for mark in marks), default=1)
    word = diagnostic.severity.value
    out = [f"{_ink(word, f'{word}[{diagnostic.code}]', style)}{_ink('message', f': {diagnostic.message}', style)}"]
    excerpted = False
    for number, (file, group) in enumerate(_by_file(marks).items()):
        linecache.checkcache(file)
        arrow = "-->" if number == 0 else ":::"
        lines = list(_excerpt(group, width, style))
        excerpted = excerpted or bool(lines)
        out += [_header(group[0], arrow, width, style, with_label=not lines), *lines]
    if diagnostic.body:
        out += ["", *(f"  {line}".rstrip() for line in diagnostic.body.splitlines()), ""]
    elif excerpted and (footer := list(_footer(diagnostic, width, style))):
        return "\n".join([*out, _gutter("", width, style), *footer]) + "\n"
    return "\n".join([*out, *_footer(diagnostic, width, style)]) + "\n"


def _printable(diagnostic: Diagnostic) -> Diagnostic:
    """The same without control characters, and heads on one line: names and what an exception says are the user's."""
    plain = without_controls
    return replace(
        diagnostic,
        message=_on_one_line(diagnostic.message),
        label=_on_one_line(diagnostic.label),
        notes=tuple(map(plain, diagnostic.notes)),
        help=diagnostic.help and plain(diagnostic.help),
        related=tuple((span, _on_one_line(label)) for span, label in diagnostic.related),
        body=plain(diagnostic.body),
        again=diagnostic.again and plain(diagnostic.again),
    )


def _on_one_line(text: str) -> str:
    return without_controls(text.replace("\n", " "))


def _footer(diagnostic: Diagnostic, width: int, style: Style) -> Iterator[str]:
    items = [] if diagnostic.help is None else [("help", diagnostic.help)]
    items += [("note", note) for note in diagnostic.notes]
    if diagnostic.again is not None:
        items.append(("again", diagnostic.again))
    if codes.title(diagnostic.code) is not None:
        items.append(("more", f"splx explain {diagnostic.code}"))
    for name, text in items:
        lead = " " * (width + 1) + "= "
        after = "\n" + " " * (len(lead) + len(name) + 2)
        yield f"{_ink('gutter', lead, style)}{_ink(name, name + ':', style)} {text.replace(chr(10), after)}"


def _by_file(marks: list[_Mark]) -> dict[str, list[_Mark]]:
    groups: dict[str, list[_Mark]] = {}
    for mark in marks:
        groups.setdefault(mark.span.file, []).append(mark)
    return groups


def _header(mark: _Mark, arrow: str, width: int, style: Style, *, with_label: bool) -> str:
    span = mark.span
    text = source_line(span.file, span.line)
    column = span.col if text is None else char_column(text, span.col)
    place = f"{without_controls(shown_path(span.file))}:{span.line}:{column + 1}"
    tail = f"  {mark.label}" if with_label and mark.label else ""
    return f"{_ink('gutter', ' ' * width + arrow, style)} {place}{tail}"


def shown_path(file: str) -> str:
    """`file` as the user would type it here: relative if it lies below the current directory."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return file


def _excerpt(marks: list[_Mark], width: int, style: Style) -> Iterator[str]:
    """The lines of one file that carry marks, each mark underlined on a line of its own; nothing if unreadable."""
    before = None
    for mark in sorted(marks, key=lambda each: each.span):
        line = mark.span.line
        text = source_line(mark.span.file, line)
        if text is None:
            continue
        start = char_column(text, mark.span.col)
        end = char_column(text, mark.span.end_col) if mark.span.end_line == line else len(text.rstrip())
        shown, lead, length = _clipped(text, start, end)
        if line != before:
            yield from _gap(mark.span.file, before, line, width, style)
            yield _gutter(str(line), width, style, shown)
        before = line
        under = mark.sign * max(1, length) + (f" {mark.label}" if mark.label else "")
        yield _gutter("", width, style, " " * lead + _ink(mark.sign, under, style))


def _gap(file: str, before: int | None, line: int, width: int, style: Style) -> Iterator[str]:
    """What stands between two marked lines: nothing, the one line between them, or dots."""
    if before is None:
        yield _gutter("", width, style)
    elif line == before + 2:
        yield _gutter(str(line - 1), width, style, _expanded(source_line(file, line - 1) or "")[:WIDEST])
    elif line > before + 2:
        yield _ink("gutter", "...", style)


def _clipped(text: str, start: int, end: int) -> tuple[str, int, int]:
    """`text` as shown, the columns before the mark and the columns of the mark. A very long line is cut around it."""
    if len(text) > WIDEST:
        left = max(0, start - WIDEST // 4)
        cut = text[left : left + WIDEST]
        head, tail = ("..." if left else ""), ("..." if left + WIDEST < len(text) else "")
        start, end = start - left + len(head), min(end - left, WIDEST) + len(head)
        text = f"{head}{cut}{tail}"
    lead, upto = _columns(text[:start]), _columns(text[:end])
    return _expanded(text).rstrip(), lead, upto - lead


def _expanded(text: str) -> str:
    return without_controls(text.replace("\t", " " * TAB))


def _columns(text: str) -> int:
    """Columns that `text` takes on a terminal: two for a wide character, none for one that combines."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    none = sum(unicodedata.combining(char) != 0 for char in text)
    return len(_expanded(text)) + wide - none


def _gutter(number: str, width: int, style: Style, text: str = "") -> str:
    return f"{_ink('gutter', f'{number:>{width}} |', style)} {text}".rstrip()


def _ink(role: str, text: str, style: Style) -> str:
    ink = _INK.get(role)
    return text if style is Style.PLAIN or ink is None else f"\x1b[{ink}m{text}\x1b[0m"
