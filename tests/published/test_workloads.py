"""Scheduling workloads on which independently written simulators agree to the nanosecond: so do our kernels."""

import pytest

from bench.storm import system, worst
from bench.workload import SECOND, agreed, load
from splx.lang.kernel import ns
from splx.simulate import simulate

CASES = {
    "W1-part": ("W1", {}),
    "W2-part": ("W2", {}),
    "W2-glob": ("W2", {"queues": "global"}),
    "W3-part": ("W3", {}),
    "W3-part-mutex": ("W3", {"lock": "fifo"}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_textbook_kernel_finds_the_agreed_responses(case):
    name, options = CASES[case]
    tasks = load(name, mutexes="lock" in options)
    result = simulate(system(tasks, **options), "ideal", time=ns(SECOND))
    assert worst(tasks, result) == tuple(map(ns, agreed(case)))


@pytest.mark.parametrize("case", ["W2-part", "W3-part"])
def test_interrupt_threads_find_them_too_where_there_is_no_lock(case):
    tasks = load(case[:2])
    result = simulate(system(tasks, "doran-2006"), "ideal", time=ns(SECOND))
    assert worst(tasks, result) == tuple(map(ns, agreed(case)))
