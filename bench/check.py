"""Exhaustive searches of the common models, splx beside SPIN: the same states, counted by both. Beside Harmony, which
counts others: the same questions. And over a real kernel, where there is no peer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.measure import in_turn, say, timed
from bench.models.adaptive import m3
from bench.models.peterson import filter_lock
from bench.models.philosophers import philosophers
from bench.models.spin_lock import m2
from bench.models.tiny_kernel import CALM, JOINS, m4
from bench.peer_harmony import harmony, harmony_there
from bench.peer_spin import spin, spin_there
from splx.check.checker import Checker
from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.simulate.setup import Setup

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

#: name, the system, its bounds, Harmony's model and constants: as large as it comes to an end with in seconds
ASKED: tuple[tuple[str, Callable[[], System], Bounds, tuple[str, ...]], ...] = (
    ("M1 philosophers, 7", lambda: philosophers(7), Bounds(), ("phil", "N=7")),
    ("M1 filter lock, 4", lambda: filter_lock(4), Bounds(), ("filt", "N=4")),
    ("M2 spin lock, right", lambda: m2(1), COUPLED, ("m2", "V=1")),
    ("M3 adaptive mutex, right", lambda: m3(1), Bounds(), ("m3", "V=1")),
    ("M4 tiny kernel, pad 0", lambda: m4(0, 0), COUPLED, ("m4_0_0",)),
    ("M1 philosophers alike, 7", lambda: philosophers(7, alike=True), Bounds(), ("phil", "N=7", "ASYM=False")),
    ("M2 spin lock, no spl", lambda: m2(0), COUPLED, ("m2", "V=0")),
    ("M3 adaptive mutex, exit in two steps", lambda: m3(0), Bounds(), ("m3", "V=0")),
)

#: the models that are written for kernels, see docs/models.md, and their settings
OVER: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("M2, 2 CPUs", "models/m2", (("CPUS", "2"),)),
    ("M3, 2 CPUs, 2 locks", "models/m3", (("LOCKS", "2"),)),
    ("M4, 1 CPU", "models/m4", (("CPUS", "1"),)),
)
KERNEL = "netbsd-5"

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


@dataclass(frozen=True)
class Seen:
    """What one of our searches came to. Its tables are let go: a search has the memory for itself, as SPIN's has."""

    states: int
    bytes_each: float
    memo_each: float


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
    seen: Seen = timings["splx"].returned[-1]
    states = seen.states
    if "SPIN" in timings:
        counted = timings["SPIN"].returned[-1].states
        if counted != states + more:
            raise CountError(f"{name}: splx counts {states} states, SPIN {counted}")
    return Search(name, states, seen.bytes_each, seen.memo_each, timings)


def _explored(system: System, bounds: Bounds) -> Timed:
    checker = Checker(system, bounds)
    seconds, _ = timed(checker.explore)
    states = checker.counts.states
    return seconds, Seen(states, checker.bytes_per_state, 8 * checker.s.memo_used / states)


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
    found = [Reduced(name, each.returned[-1].states, each.median) for name, each in timings.items()]
    if spin_there():
        peer = spin("m4_0_3", reduced=True)
        found.append(Reduced("by SPIN's own", peer.states, peer.seconds))
    return found


@dataclass(frozen=True)
class Beside:
    """One question, answered by both: in CPU seconds, all in, but for compiling Harmony's model."""

    name: str
    states: int
    seconds: float
    moves: int  # of the counterexample, 0 none
    cost: int
    their_states: int
    their_seconds: float
    their_making: float
    their_blocks: int
    their_issue: str

    def to_json(self) -> dict[str, Any]:
        """The figures."""
        return {slot: getattr(self, slot) for slot in self.__dataclass_fields__}


def asked() -> list[Beside]:
    """Every question of `ASKED`, once; nothing without Harmony."""
    return [_asked(*each) for each in ASKED] if harmony_there() else []


def _asked(name: str, system: Callable[[], System], bounds: Bounds, model: tuple[str, ...]) -> Beside:
    say(f"Harmony: {name}")
    check(system(), bounds)  # compiles the engine if nobody has yet
    seconds, verdict = timed(lambda: check(system(), bounds))
    finding, peer = verdict.finding, harmony(*model)
    say("")
    return Beside(
        name,
        verdict.counts.states,
        seconds,
        len(finding.moves) if finding else 0,
        finding.cost if finding else 0,
        peer.states,
        peer.seconds,
        peer.making,
        peer.blocks,
        peer.issue,
    )


@dataclass(frozen=True)
class Over:
    """A model over a kernel, every state of it, without and with fusion."""

    name: str
    states: tuple[int, int]
    bytes_each: tuple[float, float]
    seconds: tuple[float, float]

    def to_json(self) -> dict[str, Any]:
        """The figures."""
        return {slot: getattr(self, slot) for slot in self.__dataclass_fields__}


def over() -> list[Over]:
    """Every model of `OVER`, once."""
    return [_over(*each) for each in OVER]


def _over(name: str, model: str, settings: tuple[tuple[str, str], ...]) -> Over:
    system = Setup(model, KERNEL, "ideal", settings=settings).system()
    runs = []
    for fuse in (False, True):
        look = partial(check, system, Bounds(fuse=fuse), only=("rules",))
        look()  # compiles the engine if nobody has yet
        runs.append(timed(look))
    (plainly, whole), (fused, less) = runs
    counts = whole.counts.states, less.counts.states
    return Over(name, counts, (whole.bytes_per_state, less.bytes_per_state), (plainly, fused))
