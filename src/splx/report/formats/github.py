"""Workflow commands of GitHub: `::error file=...,line=...::message`, which it shows beside the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.base import codes
from splx.base.controls import without_controls
from splx.report.formats import Outcome, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splx.report.formats import Case

_NEVER = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_VALUES = {**_NEVER, ":": "%3A", ",": "%2C"}


def text_of(cases: Sequence[Case]) -> str:
    """A line for each finding, and for each question that is not decided a warning; last how many there were."""
    found = [each.outcome for each in cases]
    counts = [f"{found.count(each)} {each.value}" for each in Outcome if each in found]
    return "\n".join([*_lines(cases), f"splx: {', '.join(counts)}"]) + "\n"


def _lines(cases: Sequence[Case]) -> Iterator[str]:
    for each in cases:
        found = each.diagnostic
        if found is not None:
            title = f"{found.code}: {codes.title(found.code) or each.name}"
            text = "\n".join(filter(None, (f"{found.message} ({each.suite})", *found.notes, found.again)))
            yield _command("error", {**_place(each), "title": title}, text)
        elif each.is_left:
            text = "\n".join(filter(None, (each.left, each.command)))
            yield _command("warning", {**_place(each), "title": each.name}, text)


def _place(case: Case) -> dict[str, object]:
    data = None if case.diagnostic is None else case.diagnostic.to_json()["span"]
    if not isinstance(data, dict):
        return {"file": shown_path(case.file)}
    names = {"line": "line", "endLine": "end_line", "col": "column", "endColumn": "end_column"}
    return {"file": shown_path(str(data["file"])), **{theirs: data[ours] for theirs, ours in names.items()}}


def _command(kind: str, values: dict[str, object], message: str) -> str:
    words = ",".join(f"{name}={_escaped(str(value), _IN_VALUES)}" for name, value in values.items())
    return f"::{kind} {words}::{_escaped(message, _NEVER)}"


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(each) or without_controls(each) for each in text)
