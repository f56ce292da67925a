"""A run as tables."""

import io
from dataclasses import replace

from tests.unit.report.results import result

from splx.report.console import console_for
from splx.report.run import show_run


def shown(it, monkeypatch, width=None, **how):
    if width:
        monkeypatch.setenv("COLUMNS", str(width))
    stream = io.StringIO()
    show_run(it, console_for(stream), **how)
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_all_that_a_run_says(monkeypatch):
    assert shown(result(), monkeypatch) == [
        "it on netbsd-5, ideal, 1 CPU, 1 ms simulated, seed 1",
        "A kernel",
        "",
        "Throughput",
        "",
        " source   arrived   done       rate   dropped   edges lost   pending   interrupts",
        " ────────────────────────────────────────────────────────────────────────────────",
        " nic            3      1   1.00 k/s         1            -         1            2",
        "",
        "Latency, quantiles within 0.8 %",
        "",
        " source                       samples   mean    median   99 %   99.9 %   maximum",
        " ───────────────────────────────────────────────────────────────────────────────",
        " nic      to handler start          2   3 us   2.01 us   4 us     4 us      4 us",
        " nic      to completion             1   6 us      6 us   6 us     6 us      6 us",
        " reader   wakeup to running         1   5 ns      5 ns   5 ns     5 ns      5 ns",
        "",
        "Where the time went, %",
        "",
        "                  cpu0      all",
        " ──────────────────────────────",
        " user threads    99.00    99.00",
        " spinning         1.00     1.00",
        "",
        " sum            100.00   100.00",
        " instructions    4,200    4,200",
        "",
        "Counts of the kernel",
        "",
        " switches         7",
        "",
    ]


def test_a_narrow_terminal_gets_what_matters_most(monkeypatch):
    lines = shown(result(), monkeypatch, 70)
    assert " source                        median   99 %   99.9 %   maximum" in lines
    assert max(map(len, lines)) <= 70


def test_a_narrow_terminal_gets_short_counts_and_one_too_narrow_no_cpus_by_themselves(monkeypatch):
    wide = result(cpus=4)
    lines = shown(wide, monkeypatch, 74)
    assert [line.split()[-2:] for line in lines if line.startswith(" instructions")] == [["16.8", "k"]]
    lines = shown(wide, monkeypatch, 45)
    assert not [line for line in lines if "cpu0" in line]
    assert "each of the 4 CPUs by itself: with --all, and in the JSON" in lines


def test_many_cpus_are_below_one_another_when_asked_for(monkeypatch):
    many = result(cpus=64)
    assert not [line for line in shown(many, monkeypatch, 80) if "cpu0" in line]
    lines = shown(many, monkeypatch, 80, every=True)
    heads = " ".join(line for line in lines if "cpu" in line)
    assert heads.split() == [*(f"cpu{n}" for n in range(64)), "all"]
    assert max(map(len, lines)) <= 80


def test_missed_deadlines_are_a_table(monkeypatch):
    it = result()
    nic = replace(it.sources[0], deadline=2_000_000, missed=1, late=4_000_000)
    lines = shown(replace(it, sources=(nic,)), monkeypatch)
    assert lines[lines.index("Deadlines") + 2 :][:3] == [
        " source   deadline   done   missed   late by at most",
        " ───────────────────────────────────────────────────",
        " nic          2 us      1        1              4 us",
    ]


def test_idle_threads_are_shown_only_when_asked_for(monkeypatch):
    it = result()
    it = replace(it, sources=(replace(it.sources[1], name="idle"),))
    assert not [line for line in shown(it, monkeypatch) if line.startswith(" idle")]
    assert [line for line in shown(it, monkeypatch, every=True) if line.startswith(" idle")]


def test_many_cpus_are_shown_together(monkeypatch):
    lines = shown(result(cpus=12), monkeypatch)
    assert not [line for line in lines if "cpu0" in line]
    assert " instructions   50,400" in lines


def test_a_run_that_was_stopped_says_so(monkeypatch):
    lines = shown(result(complete=False, asked=10**12), monkeypatch)
    assert "stopped: this is what was known after 1 ms of 1 s" in lines


def test_a_pipe_has_no_colour_and_no_width(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert not [line for line in shown(result(), monkeypatch) if "\x1b" in line]


def test_who_still_waits_at_the_end_is_told(monkeypatch):
    lines = shown(result(notes={"waits cpu0": "cpu0 spins on flag.up, since 3 us"}), monkeypatch)
    at = lines.index("At the end of the run, perhaps for ever")
    assert lines[at + 1] == "  cpu0 spins on flag.up, since 3 us"
