"""The storm, by everybody: events of the workload per CPU second.

An event is a release, a preemption or a completion of a job. The heap loop and SimPy simulate them and nothing else.
For splx each is an interrupt or a switch of a kernel whose code is executed, instruction by instruction, with every
latency recorded. Compiling is not in it, nor is what a run of splx needs to start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench import peer_heap
from bench.measure import Timed, in_turn, timed
from bench.storm import system
from bench.workload import SECOND, load
from splx.lang.kernel import ns
from splx.machine.models import load as load_model
from splx.simulate.engine import Stop, drive, engine_for
from splx.stage.load import load as load_machine
from splx.stage.sizeclass import sizes_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.measure import Timing
    from bench.workload import Outcome, Task
    from splx.scenario.system import System


@dataclass(frozen=True)
class Race:
    """One variant of the storm: its events, and the time everybody took for them."""

    name: str
    events: int
    instructions: int
    samples: int
    timings: dict[str, Timing]

    def rate(self, subject: str) -> float:
        """Events per CPU second."""
        return self.events / self.timings[subject].median

    def to_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "workload": self.name,
            "events": self.events,
            "instructions": self.instructions,
            "instructions_per_event": self.instructions / self.events,
            "latencies_recorded": self.samples,
            "cpu_seconds": {name: timing.seconds for name, timing in self.timings.items()},
            "events_per_cpu_second": {name: self.rate(name) for name in self.timings},
            "ratio": {name: self.rate("splx") / self.rate(name) for name in self.timings if name != "splx"},
        }


def races(repetitions: int) -> list[Race]:
    """The storm without and with its mutexes."""
    return [
        race("W3", load("W3"), peer_heap.partitioned, repetitions),
        race("W3, mutexes", load("W3", mutexes=True), peer_heap.with_mutexes, repetitions),
    ]


def race(name: str, tasks: list[Task], loop: Callable[[list[Task], int], Outcome], repetitions: int) -> Race:
    """Measure one variant for one simulated second."""
    subjects: dict[str, Callable[[], Timed]] = {
        "splx": splx_run(system(tasks)),
        "heap loop": lambda: timed(lambda: loop(tasks, SECOND)),
    }
    if simpy_there():
        from bench import peer_simpy  # noqa: PLC0415 - an extra

        subjects["SimPy"] = lambda: timed(lambda: peer_simpy.partitioned(tasks, SECOND))
    timings = in_turn(subjects, repetitions, name)
    outcome: Any = timings["heap loop"].returned[0]
    instructions, samples = timings["splx"].returned[0]
    return Race(name, outcome.events, instructions, samples, timings)


def simpy_there() -> bool:
    """Whether SimPy is installed."""
    try:
        import simpy  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return False
    return True


def splx_run(it: System) -> Callable[[], Timed]:
    """A run of one simulated second: its CPU seconds, and the numbers of instructions and of latencies recorded."""
    sizes, model = sizes_for(it), load_model("ideal")
    engine = engine_for("native", sizes)

    def once() -> Timed:
        machine = load_machine(it, model, sizes=sizes)
        seconds, _ = timed(lambda: drive(machine, engine, ns(SECOND), Stop()))
        beside = machine.view().beside
        executed = sum(beside.cpus[c].insns for c in range(it.cpus))
        samples = sum(beside.sources[k].count[which] for k in range(len(it.sources)) for which in range(2))
        return seconds, (executed, samples)

    return once
