"""What splx has to say about somebody's code or input, as data.

A message states and never proposes: lower case, no full stop, true when read alone, and it names the thing. Only `help`
proposes a fix. `render.py` turns a diagnostic into text; nothing else prints one.
"""

from __future__ import annotations

import linecache
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from splx.base import codes
from splx.base.exits import Exit

if TYPE_CHECKING:
    import ast


class Severity(Enum):
    """Whether something could not be used (an error), was used and does not hold (a finding, which is a result), or was
    used and is hardly meant so (a warning, beside the result).
    """

    ERROR = "error"
    FINDING = "finding"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of a text file.

    Lines count from 1. Columns are those of `ast`: UTF-8 bytes from 0, the end excluded. What people read counts
    characters from 1; `render.py` and `to_json` convert.
    """

    file: str
    line: int
    col: int
    end_line: int
    end_col: int

    @classmethod
    def of_node(cls, file: str, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias, above: int = 0) -> Span:
        """The place of an `ast` node whose source starts `above` lines below the top of `file`.

        For a dedented source give the columns back with `shifted`.
        """
        end_line = node.end_lineno or node.lineno
        end_col = node.col_offset + 1 if node.end_col_offset is None else node.end_col_offset
        return cls(file, node.lineno + above, node.col_offset, end_line + above, end_col)

    @classmethod
    def of_line(cls, file: str, line: int, text: str) -> Span:
        """All of line `line`, whose text is `text`, without the blanks around it."""
        start = len(text) - len(text.lstrip())
        return cls.of_chars(file, line, text, start, len(text.rstrip()))

    @classmethod
    def of_chars(cls, file: str, line: int, text: str, start: int, end: int) -> Span:
        """Characters `start` to `end` (from 0, end excluded) of line `line`, whose text is `text`."""
        return cls(file, line, len(text[:start].encode()), line, len(text[:end].encode()))

    def shifted(self, columns: int) -> Span:
        """The same place after `columns` bytes of indentation were put back in front of each line."""
        return replace(self, col=self.col + columns, end_col=self.end_col + columns)


@dataclass(frozen=True)
class Diagnostic:
    """One error or finding.

    `label` is written under the carets of `span`; `related` are other places with their labels, underlined with dashes.
    `body` is text already laid out (a drawing, the last steps of every CPU), shown between excerpt and notes; `again`
    is the command that shows a finding once more.
    """

    code: str
    message: str
    span: Span | None = None
    label: str = ""
    notes: tuple[str, ...] = ()
    help: str | None = None
    related: tuple[tuple[Span, str], ...] = ()
    body: str = ""
    again: str | None = None

    @property
    def severity(self) -> Severity:
        """By the letter of the code: see `codes.py`."""
        if self.code[0] == "W":
            return Severity.WARNING
        return Severity.FINDING if self.code[0] in "DKRT" else Severity.ERROR

    def at(self, span: Span, label: str = "") -> Diagnostic:
        """This diagnostic moved to `span`: for a place that only the caller knows."""
        return replace(self, span=span, label=label or self.label)

    def to_json(self) -> dict[str, object]:
        """All of it, for `json.dumps`; columns count characters from 1, the end excluded."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "title": codes.title(self.code),
            "message": self.message,
            "span": None if self.span is None else _span_json(self.span, self.label),
            "related": [_span_json(span, label) for span, label in self.related],
            "notes": list(self.notes),
            "help": self.help,
            "body": self.body,
            "again": self.again,
        }


class SplxError(Exception):
    """Work that ended in diagnostics: one or more, at most one per mistake of the user."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        if not diagnostics:
            raise ValueError("an error without a diagnostic says nothing")
        super().__init__(*diagnostics)
        self.diagnostics = diagnostics

    @property
    def exit(self) -> Exit:
        """How the command ends: a finding only if all are findings, and a bug of ours decides nothing."""
        if any(each.code[0] == "X" for each in self.diagnostics):
            return Exit.GAVE_UP
        if any(each.severity is Severity.ERROR for each in self.diagnostics):
            return Exit.BAD_INPUT
        return Exit.FINDING

    def __str__(self) -> str:
        from splx.base.render import render  # noqa: PLC0415 - render needs Diagnostic; a traceback needs render

        return "\n".join(render(each) for each in self.diagnostics)


class Findings(SplxError):  # noqa: N818 - a finding is a result
    """Input that was good and code that ran, and broke a rule. Findings are results: they go to stdout, exit 1. `at` is
    the simulated time, ps, at which the rule was broken; None where only some later time is known.
    """

    def __init__(self, *diagnostics: Diagnostic, at: int | None = None) -> None:
        super().__init__(*diagnostics)
        self.at = at
        if self.exit is not Exit.FINDING:
            raise ValueError(f"not all of these are findings: {[each.code for each in diagnostics]}")


class Collector:
    """Diagnostics gathered before giving up, so that one run shows every mistake."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep `diagnostic`, once."""
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)

    def raise_if_any(self) -> None:
        """SplxError with all that was added, in order, if anything was."""
        if self.diagnostics:
            raise SplxError(*self.diagnostics)


def bug(message: str, *notes: str) -> Diagnostic:
    """Our own mistake, with what somebody needs to reproduce it in `notes` (version, command, replay file)."""
    return Diagnostic(codes.BUG, message, notes=notes, help="please report this, with the notes above")


def source_line(file: str, line: int) -> str | None:
    """The text of a line without its end, or None if the file cannot be read or is shorter."""
    text = linecache.getline(file, line)
    return text.rstrip("\r\n") if text else None


def char_column(text: str, byte_col: int) -> int:
    """The characters (from 0) before byte column `byte_col` of `text`; a column within a character counts it."""
    return len(text.encode()[:byte_col].decode(errors="replace"))


def _span_json(span: Span, label: str) -> dict[str, object]:
    first, last = source_line(span.file, span.line), source_line(span.file, span.end_line)
    return {
        "file": span.file,
        "line": span.line,
        "column": (span.col if first is None else char_column(first, span.col)) + 1,
        "end_line": span.end_line,
        "end_column": (span.end_col if last is None else char_column(last, span.end_col)) + 1,
        "label": label,
    }
