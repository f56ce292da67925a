"""What a diagnostic holds, how it decides the exit code, and how it becomes JSON."""

import ast
import json

import pytest

from splx.base.diagnostics import Collector, Diagnostic, Findings, Severity, Span, SplxError, bug, char_column
from splx.base.exits import Exit

ERROR = Diagnostic("L0999", "`x` is a float")
FINDING = Diagnostic("K0999", "`ring` is held at return")


@pytest.mark.parametrize("letter", "LSMX")
def test_what_cannot_be_used_is_an_error(letter):
    assert Diagnostic(f"{letter}0999", "m").severity is Severity.ERROR


def test_what_is_hardly_meant_so_is_a_warning():
    assert Diagnostic("W0999", "m").severity is Severity.WARNING


@pytest.mark.parametrize("letter", "DKRT")
def test_what_does_not_hold_is_a_finding(letter):
    assert Diagnostic(f"{letter}0999", "m").severity is Severity.FINDING


@pytest.mark.parametrize(("diagnostics", "code"), [
    ([FINDING], Exit.FINDING),
    ([FINDING, ERROR], Exit.BAD_INPUT),
    ([ERROR, bug("lost count")], Exit.GAVE_UP),
])  # fmt: skip
def test_the_gravest_diagnostic_decides_the_exit_code(diagnostics, code):
    assert SplxError(*diagnostics).exit is code


def test_the_exit_codes_are_what_scripts_rely_on():
    assert {each.name: int(each) for each in Exit} == {"HOLDS": 0, "FINDING": 1, "BAD_INPUT": 2, "GAVE_UP": 3}


def test_an_error_prints_as_its_diagnostics():
    assert str(SplxError(ERROR, FINDING)) == (
        "error[L0999]: `x` is a float\n\nfinding[K0999]: `ring` is held at return\n"
    )


def test_an_error_without_a_diagnostic_is_refused():
    with pytest.raises(ValueError, match="says nothing"):
        SplxError()


def test_findings_are_only_findings():
    assert Findings(FINDING).exit is Exit.FINDING
    with pytest.raises(ValueError, match="L0999"):
        Findings(FINDING, ERROR)


def test_a_collector_keeps_order_and_drops_repeats():
    collector = Collector()
    collector.raise_if_any()
    for each in (ERROR, FINDING, ERROR):
        collector.add(each)
    with pytest.raises(SplxError) as caught:
        collector.raise_if_any()
    assert caught.value.diagnostics == (ERROR, FINDING)


def test_a_bug_asks_to_be_told():
    assert bug("lost count", "splx 0.1.0").to_json()["help"] == "please report this, with the notes above"


def test_a_span_of_a_node_has_the_columns_of_ast():
    call = ast.parse('é = f("日本")').body[0].value
    span = Span.of_node("a.py", call, above=10)
    assert span == Span("a.py", 11, 5, 11, 16)
    assert span.shifted(4) == Span("a.py", 11, 9, 11, 20)


def test_a_span_of_a_line_leaves_out_the_blanks():
    assert Span.of_line("a.toml", 3, "  é = 1  ") == Span("a.toml", 3, 2, 3, 8)


@pytest.mark.parametrize(("byte_col", "column"), [(0, 0), (2, 1), (4, 3), (5, 4), (8, 5), (99, 6)])
def test_byte_columns_become_characters(byte_col, column):
    assert char_column("éab日本x", byte_col) == column


def test_moving_a_diagnostic_keeps_the_rest():
    span = Span("a.py", 1, 0, 1, 1)
    assert ERROR.at(span, "here") == Diagnostic("L0999", "`x` is a float", span, "here")


def test_json_holds_everything_and_counts_characters_from_one(tmp_path):
    file = tmp_path / "a.py"
    file.write_text('é = f("日本")\n', encoding="utf-8")
    span = Span(str(file), 1, 5, 1, 16)
    diagnostic = Diagnostic("S0001", "m", span, "l", ("n",), "h", ((Span("gone", 2, 3, 2, 4), "r"),), "b", "a")
    assert json.loads(json.dumps(diagnostic.to_json())) == {
        "severity": "error",
        "code": "S0001",
        "title": "a duration that cannot be read",
        "message": "m",
        "span": {"file": str(file), "line": 1, "column": 5, "end_line": 1, "end_column": 12, "label": "l"},
        "related": [{"file": "gone", "line": 2, "column": 4, "end_line": 2, "end_column": 5, "label": "r"}],
        "notes": ["n"],
        "help": "h",
        "body": "b",
        "again": "a",
    }
