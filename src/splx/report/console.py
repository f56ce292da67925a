"""The terminal: colours where they are liked, tables that fit, pipes that may end early."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from typing import TextIO

WIDE = 140  # of a pipe or a file, which have no width


class _Console(Console):
    """A console that leaves it to the command line what a reader who went away means."""

    def on_broken_pipe(self) -> None:
        """Rich would end the program here, with an exit code of its own."""
        raise BrokenPipeError


def console_for(stream: TextIO) -> Console:
    """A console on `stream`. NO_COLOR and dumb terminals are obeyed; a pipe gets plain text of a fixed width."""
    terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((WIDE, 24)).columns if terminal or "COLUMNS" in os.environ else WIDE
    return _Console(file=stream, width=width, force_terminal=terminal, highlight=False, soft_wrap=False, emoji=False)


def table(title: str, *columns: str) -> Table:
    """A table: the first column to the left, numbers to the right."""
    made = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    made.min_width = len(title)
    for number, name in enumerate(columns):
        made.add_column(name, justify="right" if number else "left", no_wrap=True, overflow="fold")
    return made


def fits(made: Table, console: Console) -> bool:
    """Whether a table is no wider than the terminal."""
    room = console.options.update(max_width=10_000)
    return console.measure(made, options=room).maximum <= console.width
