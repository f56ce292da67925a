"""The peers do the work they are measured at: the agreed responses, to the nanosecond, and the same events."""

import pytest

from bench import peer_heap
from bench.peer_harmony import harmony, harmony_there
from bench.workload import SECOND, agreed, load

PARTITIONED = {
    "W1-part": (load("W1"), peer_heap.partitioned),
    "W2-part": (load("W2"), peer_heap.partitioned),
    "W3-part": (load("W3"), peer_heap.partitioned),
    "W3-part-mutex": (load("W3", mutexes=True), peer_heap.with_mutexes),
}


@pytest.mark.parametrize("case", PARTITIONED)
def test_heap_loop_finds_the_agreed_responses(case):
    tasks, loop = PARTITIONED[case]
    assert loop(tasks, SECOND).worst == agreed(case)


def test_heap_loop_finds_the_agreed_responses_under_global_scheduling():
    assert peer_heap.on_any(load("W2"), SECOND).worst == agreed("W2-glob")


def test_loop_with_mutexes_does_the_same_without_any():
    tasks = load("W3")
    assert peer_heap.with_mutexes(tasks, SECOND) == peer_heap.partitioned(tasks, SECOND)


@pytest.mark.parametrize("case", PARTITIONED)
def test_simpy_finds_the_agreed_responses_and_the_same_events(case):
    peer_simpy = pytest.importorskip("bench.peer_simpy", reason="simpy is not installed", exc_type=ImportError)
    tasks, loop = PARTITIONED[case]
    found = peer_simpy.partitioned(tasks, SECOND)
    assert found.worst == agreed(case)
    assert found == loop(tasks, SECOND)


def test_events_of_the_storm():
    found = peer_heap.partitioned(load("W3"), SECOND)
    assert (found.releases, found.preemptions, found.completions) == (83642, 54586, 83642)
    assert found.events == 221870


@pytest.mark.skipif(not harmony_there(), reason="harmony is not installed")
def test_harmony_finds_the_variants_that_are_wrong_and_passes_those_that_are_right():
    models = {"phil": ("ASYM=False", "ASYM=True"), "m2": ("V=0", "V=1"), "m3": ("V=0", "V=1")}
    for model, (wrong, right) in models.items():
        size = ("N=3",) if model == "phil" else ()
        assert harmony(model, wrong, *size).issue == "Non-terminating state"
        assert harmony(model, right, *size).issue == ""
