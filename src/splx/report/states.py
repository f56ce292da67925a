"""What the states of a search consist of, on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from splx.report.console import table

if TYPE_CHECKING:
    from rich.console import Console

    from splx.check.explained import Explained


def show_explained(explained: Explained, console: Console) -> None:
    """Print a line for each part that was not always the same, then what a state takes."""
    made = table("What a state consists of", "part", "name", "contents", "bits", "fields, and how many values they had")
    for each in explained.parts:
        fields = ", ".join(f"{field.name} {field.values:,}" for field in each.fields)
        made.add_row(each.kind, Text(each.name), f"{each.contents:,}", str(each.bits), Text(fields, overflow="fold"))
    for column in (made.columns[1], made.columns[-1]):
        column.justify = "left"
    made.columns[-1].no_wrap = False
    console.print(made)
    same = {kind: n - sum(each.kind == kind for each in explained.parts) for kind, n in explained.all.items()}
    words = ", ".join(
        f"{n} {kind}{'' if n == 1 else 's' if kind[-1] != 's' else 'es'}" for kind, n in same.items() if n
    )
    console.print(f"always the same, no bits: {words}", markup=False, soft_wrap=True)
    console.print(f"a row: {explained.bits} bits, in {8 * explained.words} bytes", markup=False, soft_wrap=True)
    what = ", ".join(f"{name} {size:.1f}" for name, size in explained.bytes.items())
    total = sum(explained.bytes.values())
    console.print(f"bytes per state: {total:.1f} ({what})", markup=False, soft_wrap=True)
