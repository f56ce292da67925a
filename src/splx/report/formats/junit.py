"""JUnit XML, as continuous integration reads it: a suite for each scenario under a design, a case for each property."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from splx.base.render import render
from splx.report.formats import Outcome, plain, shown_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.report.formats import Case

_NO_XML = re.compile("[\ufffe\uffff]")  # beside control characters


def text_of(cases: Sequence[Case]) -> str:
    """The document. A question that is not decided is an error there: no program takes it for a pass. One that nobody
    looked at is skipped, and so is what was found besides, so that a mistake is one failure.
    """
    root = Element("testsuites", _plain({"name": "splx", **_counts(cases)}))
    for suite in dict.fromkeys(each.suite for each in cases):
        mine = [each for each in cases if each.suite == suite]
        made = SubElement(root, "testsuite", _plain({"name": suite, **_counts(mine)}))
        if mine[0].command:
            known = SubElement(made, "properties")
            SubElement(known, "property", _plain({"name": "command", "value": mine[0].command}))
        for each in mine:
            _add(made, each)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _add(suite: Element, case: Case) -> None:
    found = case.diagnostic
    span = None if found is None else found.span
    values = {"classname": case.suite, "name": case.name, "time": f"{case.seconds:.3f}"}
    at = {"file": shown_path(span.file), "line": str(span.line)} if span else {"file": shown_path(case.file)}
    made = SubElement(suite, "testcase", _plain(values | at))
    if found is not None:
        told = SubElement(made, "failure", _plain({"type": found.code, "message": found.message}))
        told.text = _text(render(found))
    elif case.outcome is Outcome.OPEN:
        SubElement(made, "error", _plain({"type": "not decided", "message": case.why}))
    elif case.outcome in (Outcome.SKIPPED, Outcome.BESIDES):
        SubElement(made, "skipped", _plain({"message": case.why}))


def _text(text: str) -> str:
    return _NO_XML.sub("?", plain(text))


def _plain(values: dict[str, str]) -> dict[str, str]:
    """Attributes without what XML cannot have."""
    return {name: _text(value) for name, value in values.items()}


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    outcomes = [each.outcome for each in cases]
    return {
        "tests": str(len(cases)),
        "failures": str(outcomes.count(Outcome.FOUND)),
        "errors": str(outcomes.count(Outcome.OPEN)),
        "skipped": str(outcomes.count(Outcome.SKIPPED) + outcomes.count(Outcome.BESIDES)),
        "time": f"{sum(each.seconds for each in cases):.3f}",
    }
