"""The engine, compiled from Python, beside the engine written in C: nanoseconds per instruction, and the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.engine_c import Engine, digest
from bench.measure import Timed, in_turn, timed
from bench.storm import system
from bench.workload import SECOND, load
from splx.lang.kernel import ns
from splx.machine.constants import Status
from splx.machine.models import load as load_model
from splx.simulate.engine import engine_for
from splx.stage.load import load as load_machine
from splx.stage.sizeclass import sizes_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.measure import Timing
    from splx.scenario.system import System

#: (workload, with its mutexes, design, cost model)
CASES = (
    ("W3", False, "textbook", "ideal"),
    ("W3", True, "textbook", "ideal"),
    ("W3", True, "netbsd-5", "x86-2020"),
    ("W3", False, "doran-2006", "x86-2020"),
)


class DifferenceError(Exception):
    """The two engines did not leave the same bytes."""


@dataclass(frozen=True)
class Duel:
    """One system in both engines. `state` is the hash of what both left."""

    name: str
    instructions: int
    state: str
    timings: dict[str, Timing]

    def per_instruction(self, engine: str) -> float:
        """Nanoseconds of CPU time per instruction."""
        return self.timings[engine].median / self.instructions * 1e9

    @property
    def ratio(self) -> float:
        """How many times as long as C the compiled Python takes."""
        return self.per_instruction("splx") / self.per_instruction("C")

    def to_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "system": self.name,
            "instructions": self.instructions,
            "state": self.state,
            "ns_per_instruction": {name: self.per_instruction(name) for name in self.timings},
            "cpu_seconds": {name: timing.seconds for name, timing in self.timings.items()},
            "ratio": self.ratio,
        }


def duels(repetitions: int) -> list[Duel]:
    """All cases."""
    return [duel(*case, repetitions) for case in CASES]


def duel(workload: str, mutexes: bool, under: str, model: str, repetitions: int) -> Duel:  # noqa: FBT001 - a row of CASES
    """Measure one case. DifferenceError if the engines disagree."""
    it = system(load(workload, mutexes=mutexes), under)
    sizes = sizes_for(it)
    name = f"{workload}{' with mutexes' if mutexes else ''}, {under} on {model}"
    subjects = {
        "splx": once(it, model, engine_for("native", sizes)),
        "C": once(it, model, Engine(sizes)),
    }
    timings = in_turn(subjects, repetitions, name)
    results: set[Any] = {result for timing in timings.values() for result in timing.returned}
    if len(results) != 1:
        raise DifferenceError(f"{name}: (instructions, hash of the state) are {results}")
    executed, state = next(iter(results))
    return Duel(name, executed, state, timings)


def once(it: System, model: str, engine: Any) -> Callable[[], Timed]:  # noqa: ANN401 - either engine
    """A run of one simulated second: its CPU seconds, and the number of instructions and a hash of all bytes."""
    costs = load_model(model)

    def run() -> Timed:
        machine = load_machine(it, costs, sizes=engine.sizes if hasattr(engine, "sizes") else None)
        beside = machine.view().beside
        beside.until, beside.steps_left = ns(SECOND), 1 << 62
        engine.boot(machine)
        seconds, _ = timed(lambda: to_the_end(engine, machine))
        return seconds, (sum(beside.cpus[c].insns for c in range(it.cpus)), digest(machine))

    return run


def to_the_end(engine: Any, machine: Any) -> None:  # noqa: ANN401 - either engine
    """Run on for as long as the engine only wants somebody to look in."""
    status = Status.STEPS
    while status is Status.STEPS:
        status = Status(engine.run(machine))
    if status is not Status.DONE:
        raise DifferenceError(f"the run ended early: {status.name}")
