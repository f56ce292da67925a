"""`splx designs --matrix`: the nine choices of each design, and what one uncontended interrupt costs under it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from splx.report.console import put, table
from splx.scenario.operations import COLUMNS, SITUATIONS, within
from splx.scenario.vectors import AXES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from splx.scenario.design import Design
    from splx.simulate.uncontended import Operations

    Measured = Mapping[str, tuple[Design, Mapping[str, Operations]]]

HEADS = {"atomics": "locked", "stacks": "stack", "wakes": "wake", "switches": "switch"}
MARKS = "= as published; /= not as published, which is below; unmarked: no figure is published"


def show_matrix(measured: Measured, console: Console) -> None:
    """Print the choices, the counts of each situation, and why some are not as published."""
    put(choices(measured), console)
    for situation in SITUATIONS:
        if any(situation in counts for _, counts in measured.values()):
            put(operations(measured, situation), console)
    for line in (MARKS, *reasons(measured)):
        put(line, console)


def choices(measured: Measured) -> Table:
    """The codes of each design."""
    made = table("Choices", "design", *AXES)
    for name, (design, _) in measured.items():
        made.add_row(name, *(design.vector.get(axis, "") or "-" for axis in AXES))
    return made


def operations(measured: Measured, situation: str) -> Table:
    """The counts of one situation. A variant that counts as its plain design has no row of its own."""
    heads = [HEADS.get(each, each) for each in COLUMNS]
    kept = ["kept by"] if situation != "soft" else []
    made = table(f"{situation}: {SITUATIONS[situation]}", "design", *heads, "flag", "instr.", *kept)
    for name, (design, found) in _rows(measured, situation):
        cells = [_cell(design, situation, column, found) for column in COLUMNS]
        made.add_row(name, *cells, str(found.flags), str(found.instructions), *([" ".join(found.kept)] if kept else []))
    return made


def _rows(measured: Measured, situation: str) -> Iterator[tuple[str, tuple[Design, Operations]]]:
    for name, (design, counts) in measured.items():
        plain = measured.get(design.name)
        as_plain = plain and plain[0] is not design and plain[1].get(situation) == counts.get(situation)
        if situation in counts and not as_plain:
            yield name, (design, counts[situation])


def _cell(design: Design, situation: str, column: str, found: Operations) -> str:
    figure = found.figure(column)
    text = _runs(figure) if isinstance(figure, str) else str(figure)
    published = _published(design, situation, column)
    if published is None:
        return text
    return f"{text} =" if within(published, figure) else f"{text} /="


def _runs(accesses: str) -> str:
    """Accesses in order, those of a kind in a row counted: `mask eoi 3 level`."""
    runs = [(name, len(list(group))) for name, group in groupby(accesses.split())]
    return " ".join(name if length == 1 else f"{length} {name}" for name, length in runs) or "-"


def _published(design: Design, situation: str, column: str) -> str | None:
    figures = design.published.get(situation)
    found: str | None = getattr(figures, column) if figures else None
    return found


def reasons(measured: Measured) -> list[str]:
    """For each figure that is not as published: a line for the cell, and below them why ours is another, and where the
    published one is from.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for situation in SITUATIONS:
        for name, (design, counted) in _rows(measured, situation):
            for column in COLUMNS:
                told = _told(design, situation, column, counted)
                if told:
                    figures = design.published[situation]
                    cell = f"  {name}, {situation}, {HEADS.get(column, column)}: {told}"
                    found.setdefault((figures.differs.get(column, ""), figures.source), []).append(cell)
    return ["\n".join([*cells, *(f"    {each}" for each in why if each)]) for why, cells in found.items()]


def _told(design: Design, situation: str, column: str, found: Operations) -> str:
    """What is to be said of a cell; "" if it is as published, or nothing is."""
    published, ours = _published(design, situation, column), found.figure(column)
    if published is None or within(published, ours):
        return ""
    figures = design.published[situation]
    told = f"{(_runs(ours) if isinstance(ours, str) else ours)}, published is {published or 'none'}"
    if figures.own and column == "atomics":
        told += f"; {figures.whose} own are {found.figure(column, figures.own)}"
    return told


def matrix_data(measured: Measured) -> list[dict[str, object]]:
    """The same for `--json`."""
    return [
        {
            "name": name,
            "vector": dict(design.vector),
            "operations": {situation: _data(design, situation, found) for situation, found in counts.items()},
        }
        for name, (design, counts) in measured.items()
    ]


def _data(design: Design, situation: str, found: Operations) -> dict[str, object]:
    figures = design.published.get(situation)
    data: dict[str, object] = {each: found.figure(each) for each in COLUMNS}
    data |= {"fences": found.fences, "flags": found.flags, "instructions": found.instructions, "kept": list(found.kept)}
    if figures:
        given = {each: getattr(figures, each) for each in COLUMNS if getattr(figures, each) is not None}
        data["published"] = given | {"source": figures.source, "differs": dict(figures.differs)}
        if figures.own:
            data["own"] = {"whose": figures.own, "atomics": found.figure("atomics", figures.own)}
    return data
