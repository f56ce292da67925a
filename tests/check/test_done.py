"""Of an item it is said once that it is done, and only if it was taken: a search finds what a run refuses."""

from pathlib import Path

import pytest

from splx.base.diagnostics import Findings
from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.check.verify import verify_reduction
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.simulate.setup import Setup

TEXT = """
from splx.scenario import *


class Kept(Struct):
    item: i64 = atomic()


kept = Kept()
card = NIC("card", Periodic(us(100)), cpu=0)


@handler(card, IPL_NET, mpsafe=True, defer={defer})
def intr() -> None:
    {body}


@thread(cpu={cpu})
def user() -> None:
    while True:
        item = kept.item
        if item != 0:
            {late}
            kept.item = 0
"""
TAKES = "\n    ".join(("item = card.pop()", "while item != 0:", "    {}", "    item = card.pop()"))
PAIR = "first = card.pop(); second = card.pop(); card.done(first)\n    if second != 0: card.done({})"

#: What a handler does with its items, a thread with the one it is left, and whether `defer` is said.
WRONG = {
    "twice": (TAKES.format("card.done(item); card.done(item)"),),
    "none": (TAKES.format("card.done(item)") + "\n    card.done(item)",),
    "never taken": ("card.done(1)\n    " + TAKES.format("pass"),),
    "by the handler and by a thread": (TAKES.format("card.done(item); kept.item = item"), "card.done(item)"),
    "when its handler has returned": (TAKES.format("kept.item = item"), "card.done(item)", False),
}
RIGHT = {
    "once": (TAKES.format("card.done(item)"),),
    "by a thread": ("if kept.item == 0: kept.item = card.pop()", "card.done(item)"),
    "by the handler that returns": (TAKES.format("card.done(item)"), "pass", False),
    "never": (TAKES.format("pass"), "if item < 0: card.done(item)"),
    "each of two": (PAIR.format("second"),),
}
WHY = "an item of card is done that was not taken, or is done already, in "


@pytest.fixture
def written(tmp_path):
    def write(body, late="pass", defer=True, cpu=0):
        file = tmp_path / "items.py"
        file.write_text(TEXT.format(body=body, late=late, defer=defer, cpu=cpu))
        return file

    return write


def made(file, name="netbsd-5"):
    return build(load_scenario(file), design(name))


@pytest.mark.parametrize("budgets", [{}, {"card": 3}], ids=["any number", "three"])
@pytest.mark.parametrize("name", ["netbsd-5", "doran-2006"])
@pytest.mark.parametrize("case", WRONG)
def test_a_search_finds_what_a_run_refuses(written, case, name, budgets):
    file = written(*WRONG[case])
    with pytest.raises(Findings) as refused:
        Setup(str(file), design=name, time=10**9, engine="plain").run()
    assert [each.code for each in refused.value.diagnostics] == ["K0011"]
    found = check(made(file, name), Bounds(fuse=True, budgets=budgets)).finding
    assert (found.code, found.why[: len(WHY)]) == ("R0001", WHY)
    assert "done(" in Path(found.place.file).read_text().splitlines()[found.place.line - 1]


@pytest.mark.parametrize("budgets", [{}, {"card": 3}], ids=["any number", "three"])
@pytest.mark.parametrize("case", RIGHT)
def test_what_is_done_once_holds(written, case, budgets):
    system = made(written(*RIGHT[case]))
    assert check(system, Bounds(fuse=True, ring=2, budgets=budgets), only=("rules",)).holds


def test_twice_of_one_and_never_of_another_shows_where_arrivals_are_bounded(written):
    system = made(written(PAIR.format("first")))
    verdicts = [check(system, Bounds(fuse=True, ring=2, budgets=each), only=("rules",)) for each in ({}, {"card": 2})]
    assert [each.holds for each in verdicts] == [True, False]


@pytest.mark.parametrize("case", ["by the handler and by a thread", "by a thread"])
def test_it_is_the_same_step_by_step(written, case):
    system = made(written(*{**WRONG, **RIGHT}[case], cpu=1))
    sides = verify_reduction(system, Bounds(fuse=True, budgets={"card": 2}), only=("rules",))
    assert (sides.complete, sides.differences) == (True, ())


def test_a_device_whose_items_nobody_calls_done_adds_nothing_to_a_state(written):
    verdict = check(made(written(TAKES.format("pass"))), Bounds(fuse=True), only=("rules",), explained=True)
    assert "items taken and not done" not in {each.name for part in verdict.explained.parts for each in part.fields}
