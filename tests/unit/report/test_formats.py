"""Results for other programs: what JUnit, SARIF and GitHub read."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

import splx.check.codes  # noqa: F401 - a finding's code has its page
from splx.base.diagnostics import Diagnostic, Span
from splx.report.formats import Case, Outcome, formatted

SLEEP = Diagnostic("R0004", "a: b sleeps, 100 %\nfor ever", Span("locks.py", 2, 4, 2, 8), notes=("one note",))
CASES = [
    Case("locks.netbsd-5", "rules", Outcome.HOLDS, "locks.py", 0.5),
    Case("locks.netbsd-5", "asleep", Outcome.FOUND, "locks.py", 0.25, SLEEP),
    Case("locks.textbook", "asleep", Outcome.OPEN, "locks.py", 0.25, why="not all was seen"),
]


@pytest.fixture(autouse=True)
def source(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "locks.py").write_text("def f():\n    wait\n")


def test_github_shows_a_finding_beside_its_line_and_warns_of_what_nobody_knows():
    assert formatted("github", CASES).splitlines() == [
        (
            "::error file=locks.py,line=2,endLine=2,col=5,endColumn=9,title=R0004%3A a sleep that nobody can end::"
            "a: b sleeps, 100 %25%0Afor ever (locks.netbsd-5)%0Aone note"
        ),
        "::warning file=locks.py,title=asleep::not all was seen (locks.textbook)",
        "splx: 1 holds, 1 found, 1 not decided",
    ]


def test_junit_has_a_suite_for_each_scenario_under_a_design():
    root = ElementTree.fromstring(formatted("junit", CASES).encode())
    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("time")) == ("3", "1", "1", "1.000")
    assert [each.get("name") for each in root] == ["locks.netbsd-5", "locks.textbook"]
    rules, asleep = root[0]
    assert list(rules) == []
    assert (asleep.get("file"), asleep.get("line")) == ("locks.py", "2")
    assert asleep[0].get("type") == "R0004"
    assert "locks.py:2:5" in asleep[0].text


def test_in_junit_what_is_not_decided_is_no_pass():
    root = ElementTree.fromstring(formatted("junit", CASES).encode())
    assert [(each.tag, each.get("message")) for each in root[1][0]] == [("error", "not all was seen")]


def test_junit_holds_no_character_that_xml_cannot():
    case = Case("s", "n", Outcome.FOUND, "f.py", diagnostic=Diagnostic("R0004", "x", body="\x1b[1m\x00"))
    assert "?[1m?" in ElementTree.fromstring(formatted("junit", [case]).encode())[0][0][0].text


@pytest.mark.parametrize("name", ["junit", "sarif", "github"])
def test_no_format_passes_on_a_control_character_wherever_it_stands(name):
    odd = "a\x01\x1b[31m\x7f\x9bb"
    at = Span("locks.py", 2, 4, 2, 8)
    found = Diagnostic("R0004", odd, at, label=odd, notes=(odd,), help=odd, body=odd, again=odd)
    cases = [
        Case(f"suite {odd}", f"name {odd}", Outcome.FOUND, f"{odd}.py", diagnostic=found, command=f"splx {odd}"),
        Case(odd, odd, Outcome.OPEN, f"{odd}.py", why=odd, command=odd),
        Case(odd, odd, Outcome.SKIPPED, f"{odd}.py", why=odd, command=odd),
    ]
    text = formatted(name, cases)
    assert "a??[31m??b" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)
    assert not re.search(r"\\u00[018][0-9a-f]|\\u001b|\\u009b", text)
    if name == "junit":
        ElementTree.fromstring(text.encode())


def test_sarif_has_no_half_of_a_pair():
    case = Case("s", "n", Outcome.OPEN, "f.py", why="\ud800", command="splx check b\udcffd \udcc3\udcb6")
    assert json.loads(formatted("sarif", [case]))["runs"][0]["invocations"][0]["toolExecutionNotifications"] == [
        {"level": "warning", "message": {"text": "n: ? (s)"}, "properties": {"command": "splx check b\ufffdd ö"}}
    ]


def test_sarif_has_a_rule_for_each_code_and_a_result_for_each_finding():
    log = json.loads(formatted("sarif", CASES))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    (result,) = run["results"]
    assert rule["id"] == result["ruleId"] == "R0004"
    assert rule["help"]["markdown"].startswith("# R0004")
    assert (result["ruleIndex"], result["level"]) == (0, "error")
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "locks.py"},
                "region": {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 9},
            }
        }
    ]


def test_a_sarif_run_that_left_something_open_was_not_successful():
    (invocation,) = json.loads(formatted("sarif", CASES))["runs"][0]["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "asleep: not all was seen (locks.textbook)"


def test_sarif_names_files_as_uris(tmp_path):
    elsewhere = tmp_path.parent / "an other.py"
    case = Case("s", "n", Outcome.FOUND, str(elsewhere), diagnostic=Diagnostic("R0004", "x"))
    (result,) = json.loads(formatted("sarif", [case]))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.startswith("file:///")
    assert uri.endswith("/an%20other.py")


SHAPE = {  # what SARIF 2.1.0 requires, and the names it knows there
    "": ({"version", "runs"}, {"$schema"}),
    "runs": ({"tool"}, {"results", "invocations", "columnKind"}),
    "runs.tool": ({"driver"}, set()),
    "runs.tool.driver": ({"name"}, {"version", "rules"}),
    "runs.tool.driver.rules": ({"id"}, {"shortDescription", "help"}),
    "runs.invocations": ({"executionSuccessful"}, {"toolExecutionNotifications"}),
    "runs.invocations.toolExecutionNotifications": ({"message"}, {"level", "properties"}),
    "runs.results": ({"message"}, {"ruleId", "ruleIndex", "level", "locations", "relatedLocations", "properties"}),
    "runs.results.locations": (set(), {"physicalLocation"}),
    "runs.results.locations.physicalLocation": ({"artifactLocation"}, {"region"}),
    "runs.results.locations.physicalLocation.region": ({"startLine", "startColumn", "endLine", "endColumn"}, set()),
}


def test_sarif_has_what_the_standard_requires_and_nothing_that_it_does_not_know():
    seen = set()

    def look(value, path):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                if path in SHAPE:
                    required, known = SHAPE[path]
                    assert required <= each.keys() <= required | known, path
                    seen.add(path)
                for name, inner in each.items():
                    look(inner, f"{path}.{name}".lstrip("."))

    look(json.loads(formatted("sarif", [replace(each, command="splx check locks.py") for each in CASES])), "")
    assert seen == SHAPE.keys()
