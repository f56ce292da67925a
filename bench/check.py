"""Exhaustive searches of the common models, splx beside SPIN: the same states, counted by both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.measure import in_turn, timed
from bench.models.adaptive import m3
from bench.models.peterson import filter_lock
from bench.models.philosophers import philosophers
from bench.models.spin_lock import m2
from bench.models.tiny_kernel import CALM, JOINS, m4
from bench.peer_spin import spin, spin_there
from splx.check.checker import Checker
from splx.check.loading import Bounds
from splx.check.verdict import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.measure import Timed, Timing
    from splx.scenario.system import System

COUPLED = Bounds(coupled=True)

#: name, the system, its bounds, SPIN's model and definitions, states that SPIN counts beside ours
WHOLE: tuple[tuple[str, Callable[[], System], Bounds, tuple[str, ...], int], ...] = (
    ("M1 philosophers, 12", lambda: philosophers(12), Bounds(), ("phil", "-DN=12", "-DASYM"), 0),
    ("M1 filter lock, 4", lambda: filter_lock(4), Bounds(), ("filt", "-DN=4"), 0),
    ("M2 spin lock, right", lambda: m2(1), COUPLED, ("m2", "-DV=1"), 1),
    ("M3 adaptive mutex, right", lambda: m3(1), Bounds(), ("m3", "-DV=1"), 0),
    ("M4 tiny kernel, pad 3", lambda: m4(0, 3), COUPLED, ("m4_0_3",), 0),
)
WRONG: tuple[tuple[str, Callable[[], System], Bounds, tuple[str, ...]], ...] = (
    ("M1 philosophers alike, 12", lambda: philosophers(12, alike=True), Bounds(), ("phil", "-DN=12")),
    ("M2 spin lock, no spl", lambda: m2(0), COUPLED, ("m2", "-DV=0")),
    ("M3 adaptive mutex, exit in two steps", lambda: m3(0), Bounds(), ("m3", "-DV=0")),
    ("M4 tiny kernel, lock order", lambda: m4(2, 0), COUPLED, ("m4_2_0",)),
)

#: what is left out of a search of M4 that comes to the same verdict
REDUCTIONS: tuple[tuple[str, Bounds], ...] = (
    ("nothing", COUPLED),
    ("CPUs that are alike", replace(COUPLED, symmetry=True)),
    ("statements fused", replace(COUPLED, joins=JOINS, calm=CALM)),
    ("both", replace(COUPLED, joins=JOINS, calm=CALM, symmetry=True)),
)


@dataclass(frozen=True)
class Search:
    """One model, searched to the end by both."""

    name: str
    states: int
    bytes_each: float
    memo_each: float
    timings: dict[str, Timing]

    @property
    def rates(self) -> dict[str, float]:
        """States per CPU second."""
        return {name: self.states / timing.median for name, timing in self.timings.items()}

    def to_json(self) -> dict[str, Any]:
        """The figures."""
        return {"name": self.name, "states": self.states, "bytes": self.bytes_each, "rates": self.rates}


class CountError(Exception):
    """The two did not count the same states."""


def searches(repetitions: int) -> list[Search]:
    """Every model of `WHOLE`. CountError if SPIN counts otherwise."""
    return [_search(*each, repetitions) for each in WHOLE]


def _search(
    name: str, system: Callable[[], System], bounds: Bounds, model: tuple[str, ...], more: int, repetitions: int
) -> Search:
    built = system()
    subjects: dict[str, Callable[[], Timed]] = {"splx": lambda: _explored(built, bounds)}
    if spin_there():
        subjects["SPIN"] = lambda: _spun(model)
    _explored(built, bounds)  # compiles the engine if nobody has yet
    timings = in_turn(subjects, repetitions, name)
    checker: Checker = timings["splx"].returned[-1]
    states = checker.counts.states
    if "SPIN" in timings:
        counted = timings["SPIN"].returned[-1].states
        if counted != states + more:
            raise CountError(f"{name}: splx counts {states} states, SPIN {counted}")
    return Search(name, states, checker.bytes_per_state, 8 * checker.s.memo_used / states, timings)


def _explored(system: System, bounds: Bounds) -> Timed:
    checker = Checker(system, bounds)
    seconds, _ = timed(checker.explore)
    return seconds, checker


def _spun(model: tuple[str, ...]) -> Timed:
    found = spin(*model)
    return found.seconds, found


@dataclass(frozen=True)
class Hunt:
    """A counterexample: how long it took, all in, and how long it is."""

    name: str
    seconds: float
    moves: int
    cost: int
    spin_seconds: float
    spin_making: float
    spin_length: int

    def to_json(self) -> dict[str, Any]:
        """The figures."""
        return {slot: getattr(self, slot) for slot in self.__dataclass_fields__}


def hunts() -> list[Hunt]:
    """Every model of `WRONG`, once."""
    return [_hunt(*each) for each in WRONG]


def _hunt(name: str, system: Callable[[], System], bounds: Bounds, model: tuple[str, ...]) -> Hunt:
    seconds, verdict = timed(lambda: check(system(), bounds))
    finding = verdict.finding
    peer = spin(*model, first=True) if spin_there() else None
    numbers = (peer.seconds, peer.making, peer.length) if peer else (0.0, 0.0, 0)
    return Hunt(name, seconds, len(finding.moves), finding.cost, *numbers)


@dataclass(frozen=True)
class Reduced:
    """A search of M4 with something left out."""

    name: str
    states: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """The figures."""
        return {slot: getattr(self, slot) for slot in self.__dataclass_fields__}


def reductions(repetitions: int) -> list[Reduced]:
    """M4 with every reduction, and with SPIN's own."""
    system = m4(0, 3)
    subjects: dict[str, Callable[[], Timed]] = {name: partial(_explored, system, bounds) for name, bounds in REDUCTIONS}
    timings = in_turn(subjects, repetitions, "M4 reduced")
    found = [Reduced(name, each.returned[-1].counts.states, each.median) for name, each in timings.items()]
    if spin_there():
        peer = spin("m4_0_3", reduced=True)
        found.append(Reduced("by SPIN's own", peer.states, peer.seconds))
    return found
