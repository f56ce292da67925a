"""The Generic Avionics Platform (Locke, Vogel, Mesler 1991), as analysed by Audsley et al. (1993): 18 response times.

Nothing is fitted. Predicted: every row, with its blocking. Off by: nothing, neither the least fixed point of the
published equation nor the kernel's run from the critical instant.

The top row is a handler, the others are threads on one CPU under immediate ceilings. A row's blocking is one section
of a thread below all of them, entered just before the critical instant: the source gives terms of blocking, not the
sections, and no sections inside the tasks have those terms, as the last test shows. Jitter of one row is part of the
equation; all responses are so short that it brings no second job, so none is in the run.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.published.lab import fixed_point, published, worst

from splx.base.units import ms, us
from splx.lang.kernel import Struct, i64
from splx.scenario import (
    IPL_CLOCK,
    IPL_NONE,
    Clock,
    Mutex,
    Periodic,
    Scenario,
    handler,
    mutex_enter,
    mutex_exit,
    periodic,
    thread,
    work,
)

ROWS = published("07-gap-audsley")["task"]
TICK, TASKS = ROWS[0], ROWS[1:]
TERMS = sorted({row["B"] for row in ROWS})
TOGETHER = (0,) * len(ROWS)
BOTTOM = 64


class Section(Struct):
    """What is in the way."""

    lock: Mutex
    before: i64
    length: i64


class Tick(Struct):
    """The clock, and what a tick costs."""

    dev: Clock
    cost: i64


def ticked(tick: Tick) -> None:
    tick.dev.ack()
    work(tick.cost)


def job(cost: int) -> None:
    work(cost)


def in_the_way(section: Section) -> None:
    work(section.before)
    mutex_enter(section.lock)
    work(section.length)
    mutex_exit(section.lock)


def scenario(blocking, offsets=TOGETHER, before=0):
    with Scenario("avionics") as made:
        clock = Clock("tick", Periodic(us(TICK["T"]), us(offsets[0])))
        handler(clock, IPL_CLOCK, arg=Tick(dev=clock, cost=us(TICK["C"])))(ticked)
        for task, offset in zip(TASKS, offsets[1:], strict=True):
            priority = BOTTOM + task["prio"]
            name = f"row{task['prio']}"
            periodic(us(task["T"]), us(offset), priority=priority, name=name, arg=us(task["C"]))(job)
        lock = Mutex("section", IPL_NONE, ceiling=BOTTOM + TASKS[0]["prio"])
        section = Section(lock=lock, before=us(before), length=us(blocking))
        thread("in_the_way", priority=BOTTOM, arg=section)(in_the_way)
    return made


def responses(blocking, until=200, **how):
    got = worst(scenario(blocking, **how), ms(until), lock="ceiling")
    return {task["prio"]: got.get(f"row{task['prio']}", 0) for task in TASKS} | {TICK["prio"]: got["tick"]}


def equation(row):
    above = [each for each in ROWS if each["prio"] > row["prio"]]
    return fixed_point(
        lambda r: row["C"] + row["B"] + sum(-(-(r + each["J"]) // each["T"]) * each["C"] for each in above), row["C"]
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"row{row['prio']}")
def test_the_least_fixed_point_is_the_published_response(row):
    assert equation(row) == row["R"]


@pytest.mark.parametrize("blocking", TERMS)
def test_from_the_critical_instant_every_row_with_that_blocking_responds_in_the_published_time(blocking):
    got = responses(blocking)
    rows = [row for row in ROWS if row["B"] == blocking]
    assert {row["prio"]: got[row["prio"]] for row in rows} == {row["prio"]: us(row["R"]) for row in rows}


OFFSETS = st.tuples(*(st.integers(0, min(row["T"], 200_000)) for row in ROWS))


@settings(max_examples=3)
@given(blocking=st.sampled_from(TERMS), offsets=OFFSETS, before=st.integers(0, 200_000))
def test_from_no_other_instant_does_a_row_that_is_blocked_no_longer_respond_later(blocking, offsets, before):
    got = responses(blocking, until=400, offsets=offsets, before=before)
    assert all(got[row["prio"]] <= us(row["R"]) for row in ROWS if row["B"] >= blocking)


def test_the_jitter_brings_no_second_job_of_its_row_into_any_response():
    (late,) = (row for row in ROWS if row["J"])
    assert max(row["R"] for row in ROWS) + late["J"] < late["T"]


def test_the_terms_of_blocking_are_not_those_of_sections_within_the_tasks():
    """Row 8 is blocked longer than row 7, so by a section of row 7. That is longer than all that row 7 does."""
    row = {each["prio"]: each for each in ROWS}
    assert row[8]["B"] > row[7]["B"]
    assert row[8]["B"] > row[7]["C"]
