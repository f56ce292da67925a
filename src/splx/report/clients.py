"""Answers of most general clients: a table, the first story in full, and what the kernel was never made to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from splx.report.check import cases_of, grows, in_a_line, show_verdict
from splx.report.check import seen as how_much
from splx.report.console import table
from splx.scenario.load import find_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from splx.check.clients import Explored
    from splx.check.executed import Executed
    from splx.report.formats import Case


def show_clients(design: str, explored: Sequence[Explored], console: Console, chosen: str = "") -> None:
    """Print a line for each client and memory model, and the first finding; `chosen` is what was set in them."""
    title = f"Primitives of {design}{' with ' if chosen else ''}{chosen}"
    made = table(title, "client", "memory", "states", "answer", "operations, in any legal order")
    for each in explored:
        verdict = each.verdict
        states = f"{verdict.counts.states:,}" if verdict is not None and verdict.begun else ""
        made.add_row(each.client.name, each.memory, states, _answer(each), Text(_operations(each), overflow="fold"))
    for column in made.columns[3:]:
        column.justify, column.no_wrap = "left", False
    console.print(made)
    for bounds in dict.fromkeys(each.bounds for each in explored if each.verdict is not None):
        names = dict.fromkeys(each.client.name for each in explored if each.bounds == bounds)
        console.print(f"{', '.join(names)}: {bounds}", markup=False, soft_wrap=True)
    seen = [each for each in explored if each.verdict is not None]
    if seen:
        console.print(f"under: {'; '.join(_under(seen))}", markup=False, soft_wrap=True)
    for each in seen:
        verdict = each.verdict
        if verdict is not None and verdict.begun and not verdict.complete and verdict.finding is None:
            text = f"states of {each.client.name}, {each.memory}: {how_much(verdict)}"
            console.print(text, markup=False, soft_wrap=True)
        if each.verdict is not None and each.verdict.growing:
            text = f"{each.client.name}, {each.memory}: growing: {grows(each.verdict)}"
            console.print(text, markup=False, soft_wrap=True)
    _show_findings(design, seen, console)


def _under(explored: Sequence[Explored]) -> Sequence[str]:
    """What all answers rest on: not the memory, nor how much arrives, nor the CPUs, which stand with each client."""
    verdicts = [each.verdict for each in explored if each.verdict is not None]
    most = max(verdicts, key=lambda each: len(each.system.devices) > 0)
    return most.assumptions[2 if most.system.devices else 1 : -1]


def _show_findings(design: str, explored: Sequence[Explored], console: Console) -> None:
    """The first in full, a line for each other."""
    first = True
    for each in explored:
        if each.verdict is None or each.verdict.finding is None:
            continue
        console.print()
        if first:
            show_verdict(each.client.scenario, design, each.verdict, console, each.again)
        else:
            text = f"{each.client.name}, {each.memory}: {in_a_line(each.verdict.finding)}"
            console.print(text, markup=False, soft_wrap=True)
        first = False


def cases_of_client(each: Explored, suite: str) -> list[Case]:
    """What became of a client for other programs: a case for each property, of a suite that names the memory model."""
    if each.verdict is None:
        return []
    return cases_of(each.verdict, f"{suite}.{each.memory}", str(find_scenario(each.client.scenario)), each.again)


def _answer(each: Explored) -> Text:
    if each.verdict is None:
        return Text("the design has none of it")
    if each.verdict.finding is not None:
        return Text(each.verdict.finding.code, "bold red")
    left = "not all was seen" if each.verdict.begun else "not begun"
    return Text("holds", "green") if each.verdict.holds else Text(left, "bold yellow")


def _operations(each: Explored) -> str:
    there = [operation for operation in each.client.operations if operation not in each.left_out]
    left = f"; without {', '.join(each.left_out)}" if each.left_out and there else ""
    return ", ".join(there or each.client.operations) + left


def show_executed(executed: Executed, console: Console) -> None:
    """Print how much of the kernel ran, and which lines did not."""
    lines, left = executed.lines()
    ways, gone = executed.ways()
    console.print(f"lines of the kernel in these programs: {len(lines)}, of which {len(lines) - len(left)} ran")
    console.print(f"ways to go at a test: {ways}, of which {gone} were gone")
    for each in executed.never_used():
        console.print(f"  never used: {each}", markup=False, soft_wrap=True)
    by_file: dict[str, list[str]] = {}
    for each in left:
        file, _, line = each.rpartition(":")
        by_file.setdefault(file, []).append(line)
    for file, numbers in by_file.items():
        console.print(f"  never ran: {file}:{','.join(numbers)}", markup=False, soft_wrap=True)
