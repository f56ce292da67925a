"""The terminal: colours where they are liked, tables that fit, pipes that may end early."""

from __future__ import annotations

import os
import re
import shutil
from typing import IO, TYPE_CHECKING, Any, cast

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from splx.base.controls import without_controls

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from rich.console import ConsoleOptions, RenderableType
    from rich.table import Column

_BLANKS = re.compile(r" +(?=\n)")
WIDE = 140  # of a pipe or a file, which have no width
NAME = 24  # columns that a name keeps before others are left out
SHORTEST = 12  # and before they go to another table
TEXT = 20  # what a column of text keeps, whose lines are folded


class _Console(Console):
    """A console that prints no control character of a text, and leaves it to the command line what a reader who went
    away means.
    """

    def render_str(self, text: str, **how: Any) -> Text:  # noqa: ANN401 - its options
        """As its base does: what is measured is what is printed."""
        return super().render_str(without_controls(text), **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """As its base does."""
        for each in super().render(renderable, options):
            yield each if each.control else Segment(without_controls(each.text), each.style)

    def on_broken_pipe(self) -> None:
        """Rich would end the program here, with an exit code of its own."""
        raise BrokenPipeError


class _Trimmed:
    """A file whose lines end in no blanks: tables pad theirs, and files are compared."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """As of a file."""
        return self._file.write(_BLANKS.sub("", text))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a file has
        return getattr(self._file, name)


def console_for(stream: TextIO) -> Console:
    """A console on `stream`. NO_COLOR and dumb terminals are obeyed; a pipe gets plain text of a fixed width."""
    terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((WIDE, 24)).columns if terminal or "COLUMNS" in os.environ else WIDE
    file = stream if terminal else cast("IO[str]", _Trimmed(stream))
    return _Console(file=file, width=width, force_terminal=terminal, highlight=False, emoji=False, markup=False)


def table(title: str, *columns: str) -> Table:
    """A table: the first column to the left, numbers to the right."""
    made = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    made.min_width = len(title)
    for number, name in enumerate(columns):
        made.add_column(name, justify="right" if number else "left", no_wrap=True, overflow="fold")
    return made


def fits(made: Table | str, console: Console) -> bool:
    """Whether a table is no wider than the terminal, with long names cut. Text is."""
    return isinstance(made, str) or _wide(_cut(made, NAME, console).columns) <= console.width


def put(made: Table | str, console: Console) -> None:
    """Print a table. Where it is too wide, long names get an ellipsis, then the columns that do not fit stand below the
    others, beside the same names: no number is ever cut.
    """
    if isinstance(made, str):
        console.print(made, soft_wrap=True)
        return
    short = _cut(made, SHORTEST, console)
    if not all(each.no_wrap for each in made.columns):
        console.print(short)
        return
    short = short if _wide(short.columns) <= console.width else _cut(made, NAME, console)
    for each in _parts(short, console.width):
        width = console.width
        console.width = max(width, _wide(each.columns))  # a terminal that is narrower still folds the lines itself
        console.print(each)
        console.width = width


def _cut(made: Table, least: int, console: Console) -> Table:
    """The table with its names cut as far as they must be, but not below `least`."""
    names = max((_width(cell) for cell in made.columns[0].cells), default=0)
    over = _wide(made.columns) - console.width
    return _of_columns(made, range(len(made.columns)), max(least, names - over)) if over > 0 else made


def _parts(made: Table, width: int) -> Iterator[Table]:
    """The table in pieces that fit, each with the names."""
    labels = _labels(made)
    names, at = list(range(labels)), labels
    while at < len(made.columns):
        end = at + 1
        while end < len(made.columns) and _wide([made.columns[n] for n in (*names, *range(at, end + 1))]) <= width:
            end += 1
        yield _of_columns(made, [*names, *range(at, end)])
        at = end


def _labels(made: Table) -> int:
    """How many columns at the left say what a row is about."""
    count = next((n for n, each in enumerate(made.columns) if each.justify == "right"), len(made.columns))
    return min(count, len(made.columns) - 1) or 1


def _wide(columns: Sequence[Column]) -> int:
    """The width that columns need side by side, with what is between them."""
    needed = [max(_width(cell) for cell in (each.header, *each.cells)) for each in columns]
    least = [width if each.no_wrap else min(width, TEXT) for width, each in zip(needed, columns, strict=True)]
    return sum(least) + 3 * len(least) - 1


def _width(cell: object) -> int:
    return max((cell_len(line) for line in without_controls(str(cell)).splitlines()), default=0)


def _of_columns(made: Table, numbers: Sequence[int], most: int = 1000) -> Table:
    """Some columns of a table, the cells of the first at most so wide."""
    columns = [made.columns[n] for n in numbers]
    found = table(str(made.title), *(str(each.header) for each in columns))
    found.show_header = made.show_header
    for new, old in zip(found.columns, columns, strict=True):
        new.justify, new.no_wrap = old.justify, old.no_wrap
    for row, cells in zip(made.rows, zip(*(each.cells for each in columns), strict=True), strict=True):
        name, *rest = cells
        found.add_row(shortened(str(name), most), *rest, end_section=row.end_section)
    return found


def shortened(name: str, most: int) -> str:
    """A name in at most so many columns: its beginning and its end, which is where names differ."""
    if cell_len(name) <= most:
        return name
    tail = (most - 1) // 3
    return f"{name[: most - 1 - tail]}…{name[len(name) - tail :]}"
