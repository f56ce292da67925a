"""Every command of every page, run as a reader would, prints what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import splx.scenario
from splx.report.run import ACCOUNTS
from tools.tour import PROGRESS, agrees, blocks_of, chosen, commands_of, run_page

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "README.md",
    "docs/first-scenario.md",
    "docs/own-mechanism.md",
    "docs/own-cost-model.md",
    "docs/checking.md",
    "docs/primitives.md",
    "docs/models.md",
    "docs/debate.md",
    "docs/designs.md",
]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_is_true(page):
    assert "\n\n".join(run_page(ROOT / page, write=False)) == ""


def test_every_page_with_commands_is_run():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    with_commands = [p for p in pages if any(b.kind == "console" for b in blocks_of(p.read_text().split("\n")))]
    assert sorted(str(p.relative_to(ROOT)) for p in with_commands) == sorted(PAGES)


def test_every_name_that_a_scenario_can_import_is_explained():
    lines = [line for line in (ROOT / "docs" / "scenario-api.md").read_text().split("\n") if line.startswith("- `")]
    explained = {name for line in lines if not line.endswith((":", ": ")) for name in re.findall(r"`(\w+)", line)}
    assert set(splx.scenario.__all__) - explained == set()
    assert [line for line in lines if not re.search(r"`: \S", line)] == []


def test_a_block_is_its_commands_and_what_they_print():
    (block,) = blocks_of(["text", "```console", "$ one", "a", "$ two", "```"])
    assert commands_of(block) == [("one", ["a"]), ("two", [])]


def test_dots_stand_for_lines_and_brackets_for_the_rest_of_one():
    assert agrees(["a", "...", "z"], ["a", "b", "c", "z"])
    assert agrees(["took [...]"], ["took 3 s"])
    assert not agrees(["a"], ["a", "b"])
    assert chosen(["..."])
    assert not chosen(["a"])


def test_a_page_that_lies_is_told_what_is_true(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo true\nfalse\n```\n")
    (problem,) = run_page(page, write=False)
    assert "`echo true` prints\n    true" in problem
    run_page(page, write=True)
    assert run_page(page, write=False) == []


def test_progress_is_no_output():
    assert PROGRESS.match("80,664 states, 64,457 a second")
    assert PROGRESS.match("248 states")
    assert PROGRESS.match("80,664 states, 64,457 a second; box.n had ever new values so far")
    assert PROGRESS.match("comparing:  25%, doran-2006, seed 1, 5 s left")
    assert not PROGRESS.match("states: 248,011 (all), 507,978 moves between them, up to 703 in a row")


def test_every_number_of_the_reports_is_explained():
    page = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    source = (ROOT / "src" / "splx" / "report" / "run.py").read_text(encoding="utf-8")
    heads = """arrived|done|rate|dropped|edges lost|pending|interrupts|held|to handler start|to completion
        |wakeup to running|samples|mean|median|99 %|99.9 %|maximum|missed|late by at most"""
    heads = [each.strip() for each in heads.split("|")]
    assert [each for each in heads if f'"{each}"' not in source] == []
    assert [each for each in [*heads, *ACCOUNTS.values()] if f"**{each}**" not in page] == []
    names = [*ACCOUNTS, "arrived", "accepted", "dropped", "done", "lost", "irqs", "pending", "unmeasured", "made_by"]
    assert [each for each in names if f"`{each}`" not in page] == []
