"""Scheduling workloads whose largest responses several simulators agree on, to the nanosecond.

W1: one CPU, 20 tasks. W2: four CPUs, 100 tasks, with a queue for each CPU or one for all. W3: four CPUs, eight sources
at 10 kHz and 40 threads, with and without FIFO mutexes in the middle of the jobs. The largest response of each task in
the first second, on the machine without costs: every interrupt, wakeup, switch and lock is executed, and takes no time.
"""

from __future__ import annotations

import json

import pytest

from bench.storm import system, worst
from bench.workload import DATA, load
from splx.base.units import ns, s
from splx.simulate import simulate

EXPECTED = json.loads((DATA / "W_max_response_ns.json").read_text())

CASES = [
    ("W1", "W1-part", "textbook", {}),
    ("W2", "W2-part", "textbook", {}),
    ("W2", "W2-glob", "textbook", {"queues": "global"}),
    ("W3", "W3-part", "textbook", {}),
    ("W3", "W3-part-mutex(FIFO,no PI)", "textbook", {"lock": "fifo"}),
    ("W2", "W2-part", "doran-2006", {}),
    ("W3", "W3-part", "doran-2006", {}),
]


@pytest.mark.parametrize(("name", "expected", "under", "options"), CASES)
def test_largest_responses_are_the_agreed_ones(name, expected, under, options):
    tasks = load(name, mutexes="mutex" in expected)
    result = simulate(system(tasks, under, **options), "ideal", time=s(1))
    assert worst(tasks, result) == tuple(ns(response) for response in EXPECTED[expected])
