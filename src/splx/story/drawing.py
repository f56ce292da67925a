"""The drawing: what every CPU does, in columns, one event a line, time running down.

    without the second look:
    cpu0: owner                         cpu1: waiter
    cas_local m.word := 0, buffered     -- it has seen no waiters
                                        cas m.word := owner | 1
    m.word visible                      -- the bit is gone

The line of column heads says where the columns begin: `cpuN`, perhaps with a label. Above it may stand a title that
ends with a colon. Every other line belongs to the column at whose beginning it begins. What follows `--` is a note, and
the words of the people who draw; what comes before it is an event, in the language of `splx.story.language`. A line of
a note alone is no event. A drawing ends at an empty line, or at one that is indented less.

`parse` and `render` are inverse to one another, up to blanks at the end of lines and to the indentation of the whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_COLUMN = re.compile(r"cpu(\d+)(?:: (\S+(?: \S+)*))?")
_NOTE = re.compile(r"(.*?)( *)-- (.*)")
LEAST_WIDTH = 36  # of a column that is laid out here


class DrawingError(ValueError):
    """A text is no drawing: at `line` of it, counted from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Step:
    """What stands in one line: an event, a note, or both. `gap` is how many blanks are between them."""

    text: str
    note: str = ""
    gap: int = field(default=2, compare=False)

    def __str__(self) -> str:
        if not self.note:
            return self.text
        return f"{self.text}{' ' * self.gap}-- {self.note}" if self.text else f"-- {self.note}"


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column, and the position at which it begins."""

    cpu: int
    label: str = ""
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"cpu{self.cpu}: {self.label}" if self.label else f"cpu{self.cpu}"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing: its columns, and its lines from top to bottom, each with its CPU."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[int, Step], ...]
    title: str = ""

    @property
    def cpus(self) -> tuple[int, ...]:
        """The CPUs that are drawn, from left to right."""
        return tuple(each.cpu for each in self.columns)

    @property
    def events(self) -> list[tuple[int, Step]]:
        """The lines that say that something happens."""
        return [(cpu, step) for cpu, step in self.lines if step.text]

    def __str__(self) -> str:
        return render(self)


def draw(
    lines: Iterable[tuple[int, Step]], cpus: Sequence[int], labels: Mapping[int, str] | None = None, title: str = ""
) -> Drawing:
    """A drawing of `lines`, with columns as wide as what stands in them."""
    made, columns, at = tuple(lines), [], 0
    for cpu in cpus:
        column = Column(cpu, (labels or {}).get(cpu, ""), at)
        columns.append(column)
        widest = max([len(str(column)), *(len(str(step)) for c, step in made if c == cpu)])
        at += max(LEAST_WIDTH, widest + 2)
    return Drawing(tuple(columns), made, title)


def render(drawing: Drawing) -> str:
    """The text of a drawing."""
    at = {each.cpu: each.at for each in drawing.columns}
    head = ""
    for column in drawing.columns:
        head = f"{head:<{column.at}}{column}"
    body = [f"{' ' * at[cpu]}{step}".rstrip() for cpu, step in drawing.lines]
    above = [f"{drawing.title}:"] if drawing.title else []
    return "".join(f"{line}\n" for line in [*above, head, *body])


def parse(text: str) -> Drawing:
    """The drawing that a text is. DrawingError, with the line, for what is none."""
    rows = [row.rstrip() for row in dedent(text).rstrip().split("\n")]
    above = 0 if heads(rows[0]) else 1
    columns = heads(rows[above]) if above < len(rows) else ()
    if not columns:
        raise DrawingError(above + 1, "no heads of columns: `cpu0   cpu1`")
    title = rows[0] if above else ""
    if above and not title.endswith(":"):
        raise DrawingError(1, f"a title ends with a colon: {title!r}")
    where = {each.at: each.cpu for each in columns}
    lines = tuple(_line(row, number, where) for number, row in enumerate(rows[above + 1 :], above + 2))
    return Drawing(columns, lines, title.removesuffix(":"))


def heads(row: str) -> tuple[Column, ...]:
    """The columns that a line of heads announces; none if it is not one. Two blanks or more are between them."""
    columns = []
    for match in re.finditer(r"\S+(?: \S+)*", row):
        head = _COLUMN.fullmatch(match[0])
        if head is None:
            return ()
        columns.append(Column(int(head[1]), head[2] or "", match.start()))
    return tuple(columns) if len({each.cpu for each in columns}) == len(columns) else ()


def _line(row: str, number: int, where: Mapping[int, int]) -> tuple[int, Step]:
    at, words = _indent(row), row.strip()
    if at not in where:
        beginnings = ", ".join(str(each) for each in where)
        raise DrawingError(number, f"begins at {at}, and the columns at {beginnings}: {words!r}")
    if any(row[other - 2 : other] == "  " and row[other : other + 1] not in " -" for other in where if other > at):
        raise DrawingError(number, f"two events in one line: {words!r}")
    note = _NOTE.fullmatch(words)
    step = Step(words) if note is None else Step(note[1], note[3], len(note[2]) if note[1] else 2)
    return where[at], step


@dataclass(frozen=True, slots=True)
class Found:
    """A drawing within a text, and the line of the text, from 1, at which it begins."""

    line: int
    drawing: Drawing
    text: str


def drawings_in(text: str) -> Iterator[Found]:
    """The drawings of a text, such as a docstring. DrawingError, with the line of the text, for one that is broken."""
    rows = text.split("\n")
    for number, row in enumerate(rows):
        if not heads(row.strip()):
            continue
        indent = _indent(row)
        titled = number > 0 and rows[number - 1].strip() != "" and _indent(rows[number - 1]) == indent
        start, end = number - int(titled), number + 1
        while end < len(rows) and rows[end].strip() and _indent(rows[end]) >= indent:
            end += 1
        block = "\n".join(each[indent:].rstrip() for each in rows[start:end])
        try:
            yield Found(start + 1, parse(block), block)
        except DrawingError as error:
            raise DrawingError(start + error.line, str(error).partition(": ")[2]) from None


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())
