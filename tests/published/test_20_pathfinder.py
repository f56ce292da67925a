"""G. Reeves, "What really happened on Mars?" (1997): the reset of Pathfinder, and the flag that ended it.

Nothing is fitted. The source gives the cycle (125 ms), the order of the priorities and the events, and no durations:
those here are chosen. Every cycle the distribution of the bus (bc_dist) takes the mutex for a short time, and its
scheduler (bc_sched), at the start of the next cycle, resets the machine if it has not finished. The weather task holds
the mutex now and then, for less than any slack; tasks between the two compute for a while.

Predicted, and exact: without inheritance there is a reset whenever those tasks take more than is left of the cycle, and
none with less; with inheritance there is none, whatever they take.
"""

from __future__ import annotations

import pytest
from tests.published.lab import published, result

from splx.base.units import ms, s
from splx.scenario import (
    Mutex,
    Scenario,
    Statistic,
    Struct,
    count,
    i64,
    mutex_enter,
    mutex_exit,
    periodic,
    work,
)

SOURCE = published("20-pathfinder")
CYCLE = ms(SOURCE["cycle_ms"])
SCHED, DIST, MEDIUM, WEATHER = 4, 3, 2, 1
HELD, USED = ms(5), ms(10)
LATE = ms(20)  # in its cycle the distribution begins


class Bus(Struct):
    mutex: Mutex
    cycles: i64  # that the distribution has begun, and finished
    done: i64


def bc_sched(bus: Bus) -> None:
    if bus.cycles != bus.done:
        count(RESETS, 1)


def bc_dist(bus: Bus) -> None:
    bus.cycles += 1
    mutex_enter(bus.mutex)
    work(USED)
    mutex_exit(bus.mutex)
    bus.done += 1


def weather(bus: Bus) -> None:
    mutex_enter(bus.mutex)
    work(HELD)
    mutex_exit(bus.mutex)


def medium(demand: int) -> None:
    work(demand)


RESETS: Statistic = None


def resets(lock, demand):
    """In two seconds, of which the weather is measured twice."""
    with Scenario("pathfinder") as made:
        globals().update(RESETS=Statistic("resets"))
        bus = Bus(mutex=Mutex("pipe"))
        periodic(CYCLE, priority=SCHED, arg=bus)(bc_sched)
        periodic(CYCLE, LATE, priority=DIST, arg=bus)(bc_dist)
        # the weather has the mutex when the others come
        periodic(8 * CYCLE, LATE - ms(2), priority=WEATHER, arg=bus)(weather)
        periodic(8 * CYCLE, LATE - ms(1), priority=MEDIUM, arg=demand)(medium)
    return result(made, s(2), lock=lock).statistics["resets"]


#: What the tasks between may take: the rest of the cycle, without what else has to be done in it.
SLACK = CYCLE - (LATE - ms(1)) - (HELD - ms(1)) - USED


@pytest.mark.parametrize("demand", [ms(1), SLACK - ms(1), SLACK + ms(1), 2 * CYCLE])
def test_without_inheritance_a_reset_comes_when_the_tasks_between_take_more_than_the_slack(demand):
    assert (resets("fifo", demand) > 0) == (demand > SLACK)


@pytest.mark.parametrize("demand", [SLACK + ms(1), 2 * CYCLE])
def test_with_inheritance_there_is_none(demand):
    assert resets("inherit", demand) == 0
