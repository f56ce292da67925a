"""SARIF 2.1.0, as code scanning reads it: a rule for each code, a result for each finding."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from splx import __version__
from splx.base import codes
from splx.base.render import render
from splx.report.formats import plain, shown_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.base.diagnostics import Diagnostic
    from splx.report.formats import Case

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def text_of(cases: Sequence[Case]) -> str:
    """The log. What is not decided is a notification of the run, which then was not successful."""
    found = [(each, each.diagnostic) for each in cases if each.diagnostic is not None]
    ids = sorted({diagnostic.code for _, diagnostic in found})
    left = [each for each in cases if each.is_left]
    run = {
        "tool": {"driver": {"name": "splx", "version": __version__, "rules": [_rule(each) for each in ids]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not left,
                "toolExecutionNotifications": [
                    {
                        "level": "warning",
                        "message": {"text": f"{each.name}: {each.left}"},
                        **({"properties": {"command": each.command}} if each.command else {}),
                    }
                    for each in left
                ],
            }
        ],
        "results": [_result(case, diagnostic, ids.index(diagnostic.code)) for case, diagnostic in found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [_plain(run)]}, indent=1) + "\n"


def _plain(value: Any) -> Any:  # noqa: ANN401 - of JSON
    """The same with texts that any program can read."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return plain(value) if isinstance(value, str) else value


def _rule(code: str) -> dict[str, Any]:
    page = codes.page(code)
    rule: dict[str, Any] = {"id": code, "shortDescription": {"text": codes.title(code) or code}}
    return rule | ({"help": {"text": page.text, "markdown": page.text}} if page else {})


def _result(case: Case, found: Diagnostic, index: int) -> dict[str, Any]:
    data = found.to_json()
    related: Any = data["related"]
    return {
        "ruleId": found.code,
        "ruleIndex": index,
        "level": "error",
        "message": {"text": f"{found.message} ({case.suite})\n\n{render(found)}"},
        **({"properties": {"command": case.command}} if case.command else {}),
        "locations": [_location(data["span"], case.file)],
        "relatedLocations": [
            {"id": number, **_location(each, case.file), "message": {"text": each["label"] or "related"}}
            for number, each in enumerate(related)
        ],
    }


def _uri(file: str) -> str:
    """From here if it is below, else absolute."""
    path = shown_path(file)
    return Path(path).as_uri() if Path(path).is_absolute() else quote(os.fsencode(path))


def _location(span: Any, file: str) -> dict[str, Any]:  # noqa: ANN401 - of `to_json`
    if span is None:
        return {"physicalLocation": {"artifactLocation": {"uri": _uri(file)}}}
    region = {"startLine": "line", "startColumn": "column", "endLine": "end_line", "endColumn": "end_column"}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(span["file"])},
            "region": {theirs: span[ours] for theirs, ours in region.items()},
        }
    }
