"""A comparison as tables: what fits beside one another, and what is left out."""

import io
from dataclasses import replace

from tests.unit.report.results import latency, result

from splx.base.diagnostics import Diagnostic, Span
from splx.compare.comparison import Comparison
from splx.report.compare import show_comparison
from splx.report.console import console_for
from splx.simulate.result import SourceResult

DESIGNS = ("netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5")


def comparison(designs=DESIGNS, seeds=(1, 2), only=None):
    """`only`: a design that has a thread the others do not have."""
    results = {(name, seed): result(name, seed) for name in designs for seed in seeds}
    for key, it in results.items():
        if key[0] == only:
            results[key] = replace(it, sources=(*it.sources, SourceResult("intr7/0", "thread", latency(1_000))))
    return Comparison(designs, seeds, results)


def shown(it, monkeypatch, width, **how):
    monkeypatch.setenv("COLUMNS", str(width))
    stream = io.StringIO()
    show_comparison(it, console_for(stream), **how)
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_four_kernels_at_eighty_columns(monkeypatch):
    lines = shown(comparison(), monkeypatch, 80)
    at = lines.index("Sources")
    assert lines[at + 2 : at + 13] == [
        "                              netbsd-2006-",
        " source         netbsd-2006       deferred   doran-2006   netbsd-5",
        " ─────────────────────────────────────────────────────────────────",
        " nic",
        "   done /s            1,000          1,000        1,000      1,000",
        "   drop /s            1,000          1,000        1,000      1,000",
        "   start 50         2.01 us        2.01 us      2.01 us    2.01 us",
        "   start 99            4 us           4 us         4 us       4 us",
        "   start 99.9          4 us           4 us         4 us       4 us",
        "   start max           4 us           4 us         4 us       4 us",
        "   end 50              6 us           6 us         6 us       6 us",
    ]
    assert max(map(len, lines[:-1])) <= 80


def test_a_wide_terminal_gets_words_and_the_noise(monkeypatch):
    lines = shown(comparison(), monkeypatch, 140)
    assert " nic      done per second" in "\n".join(lines)
    assert any("to start, 99.9 %" in line and "±" in line for line in lines)


def test_kernels_that_do_not_fit_are_below_one_another(monkeypatch):
    lines = shown(comparison(), monkeypatch, 50)
    assert lines.count("Sources") == 2
    assert [line for line in lines if line.endswith(" doran-2006   netbsd-5")]


def test_means_are_in_the_json_only(monkeypatch):
    it = comparison()
    assert not [line for line in shown(it, monkeypatch, 140) if ", mean" in line]
    assert [each for each in it.to_json()["metrics"] if each["what"] == "start mean"]


def test_a_source_that_not_every_kernel_has_is_shown_when_asked_for(monkeypatch):
    it = comparison(only="doran-2006")
    lines = shown(it, monkeypatch, 80)
    assert "not under every kernel, shown with --all: intr7/0" in lines
    assert " intr7/0" not in lines
    assert " intr7/0" in shown(it, monkeypatch, 80, every=True)


def test_the_load_that_was_offered(monkeypatch):
    it = comparison()
    notes = {"load nic": "at random, 50 us apart on average"}
    results = {key: replace(each, notes=notes) for key, each in it.results.items()}
    lines = shown(replace(it, results=results), monkeypatch, 80)
    assert lines[2:7] == [
        "Offered load",
        "",
        " source    arrived   how",
        " ─────────────────────────────────────────────────────",
        " nic      3.00 k/s   at random, 50 us apart on average",
    ]


def test_a_load_that_the_kernels_ask_for(monkeypatch):
    it = comparison()
    first, *rest = it.results.items()
    fewer = replace(first[1], sources=(replace(first[1].sources[0], arrived=2), first[1].sources[1]))
    lines = shown(replace(it, results=dict([(first[0], fewer), *rest])), monkeypatch, 80)
    assert any(line.startswith(" nic       varies") for line in lines)


def test_a_warning_is_shown_once_with_the_kernels_that_it_is_said_of(monkeypatch):
    doubt = Diagnostic("W0401", "nothing of nic is done", Span("gone.py", 3, 0, 3, 1), help="take them")
    runs = {(name, 1): result(name, warnings=(doubt,)) for name in ("netbsd-5", "doran-2006")}
    lines = shown(Comparison(("netbsd-5", "doran-2006"), (1,), runs), monkeypatch, 100)
    (at,) = [number for number, line in enumerate(lines) if line.startswith("warning[W0401]")]
    assert lines[at + 1 : at + 4] == [
        " --> gone.py:3:1",
        "  = help: take them",
        "  = note: under netbsd-5, doran-2006; the numbers are of the first",
    ]


def test_what_is_greatest_is_said_with_its_measure_and_shared_locks_have_their_names(monkeypatch):
    runs = {
        (name, seed): result(name, seed, late=late, spin=spin, notes={"lock table": "shared by intr and reader"})
        for name, late, spin in (("netbsd-5", 2_000_000, 10), ("doran-2006", 5_000_000, 20))
        for seed in (1, 2)
    }
    lines = shown(Comparison(("netbsd-5", "doran-2006"), (1, 2), runs), monkeypatch, 100)
    assert "lock table is shared by intr and reader" in lines
    at = lines.index("The greatest of each source, in proportion:")
    assert lines[at + 1].startswith("  nic to start")
    assert lines[lines.index("The greatest of where the time went, in percent of all:") + 1].startswith("  time in ")
