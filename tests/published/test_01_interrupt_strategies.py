"""Klein et al., "A Practitioner's Handbook for Real-Time Analysis" (1993): one workload, interrupts handled two ways.

Exact, as solved by MAST. All sources begin together, which is the critical instant of each; a response is the maximum
over both orders of simultaneous arrivals. Times of the source are milliseconds.
"""

from __future__ import annotations

from math import lcm

import pytest
from tests.published.lab import published, worst

from splx.base.units import ms
from splx.lang.kernel import Struct, i64
from splx.scenario import (
    IPL_CLOCK,
    NIC,
    Bursts,
    Condvar,
    Mutex,
    Periodic,
    Scenario,
    cv_signal,
    cv_wait,
    handler,
    periodic,
    thread,
    work,
)

CASES = {case["name"]: case for case in published("01-handbook-interrupt-strategies")["case"]}
BOTTOM = 64  # a thread priority below all of the cases'


class Source(Struct):
    """A source whose handler hands the rest of the work to a thread."""

    dev: NIC
    first: i64  # work of the handler, for each item
    rest: i64  # work of the thread, for each item
    lock: Mutex
    more: Condvar
    # guarded by lock
    items: i64


def whole(src: Source) -> None:
    """Everything in the handler."""
    item = src.dev.pop()
    while item != 0:
        work(src.first)
        src.dev.done(item)
        item = src.dev.pop()


def short(src: Source) -> None:
    """Only the first part in the handler."""
    while src.dev.pop() != 0:
        work(src.first)
        with src.lock:
            src.items += 1
            cv_signal(src.more)


def rest(src: Source) -> None:
    """The thread. Items are finished in the order in which they came."""
    item = 1
    while True:
        with src.lock:
            while src.items == 0:
                cv_wait(src.more, src.lock)
            src.items -= 1
        work(src.rest)
        src.dev.done(item)
        item += 1


def job(cost: int) -> None:
    work(cost)


def arrivals(task):
    if "burst" in task:
        return Bursts(task["burst"], 0, ms(task["T"]))
    return Periodic(ms(task["T"]))


def declare(task, below):
    """A task of the case: a periodic thread, a handler, or a handler with a thread behind it."""
    steps = task.get("steps") or [[task["prio"], task["C"]]]
    if task["n"] == "t2":  # case 5.1.2.2 lists the two steps of one source apart
        return
    if task["n"] == "int2":
        steps = [["interrupt", task["C"]], below]
    name = task["n"]
    if steps[0][0] != "interrupt":
        periodic(ms(task["T"]), priority=BOTTOM + steps[0][0], name=name, arg=ms(steps[0][1]))(job)
        return
    dev = NIC(name, arrivals(task), ring=64)
    source = Source(dev=dev, first=ms(steps[0][1]))
    handler(dev, IPL_CLOCK, arg=source, defer=True)(whole if len(steps) == 1 else short)
    if len(steps) > 1:
        source.lock = Mutex(f"{name}.lock", IPL_CLOCK)
        source.more = Condvar(f"{name}.more")
        source.rest = ms(steps[1][1])
        thread(f"{name}.rest", priority=BOTTOM + steps[1][0], arg=source)(rest)


def scenario_of(case):
    with Scenario(case["name"]) as made:
        rest_of_t2 = next(([t["prio"], t["C"]] for t in case["task"] if t["n"] == "t2"), None)
        for task in case["task"]:
            declare(task, rest_of_t2)
    return made


def responses(case):
    until = min(lcm(*(int(t["T"]) for t in case["task"])), 20_000)
    runs = [worst(scenario_of(case), ms(until), ties=ties) for ties in (0, 1)]
    return {name: max(run[name] for run in runs) for name in runs[0]}


@pytest.mark.parametrize("name", ["5.1.2.2", "5.3.5.1", "5.3.5.2", "5.3.6.1", "5.3.6.2"])
def test_every_response_is_the_published_one(name):
    case = CASES[name]
    got = responses(case)
    expected = {t["n"]: ms(t["R"]) for t in case["task"] if t["n"] not in ("int2", "t2")}
    if name == "5.1.2.2":  # the source whose rest is t2 is done when t2 is
        expected["int2"] = ms(next(t["R"] for t in case["task"] if t["n"] == "t2"))
    assert {n: got[n] for n in expected} == expected
