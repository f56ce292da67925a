"""What an uncontended interrupt of each design costs: instructions of the machine, simulated time, and time of ours.

A card interrupts a thread that computes, at a steady rate. The same run without the card is taken off, so that what is
left is the interrupts'.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.measure import Timed, in_turn, timed
from splx.lang.kernel import ms
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.variants import variants
from splx.simulate import simulate
from splx.simulate.uncontended import operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.measure import Timing
    from splx.base.units import Ps
    from splx.scenario.design import Design
    from splx.scenario.system import System

SCENARIO = Path(__file__).parent / "scenarios" / "steady.py"
TIME = ms(2000)
MACHINE = "x86-2020"


@dataclass(frozen=True)
class Interrupt:
    """One design's. `instructions` as counted one by one; `simulated` ns of its CPU, and CPU `seconds` of this machine
    for one interrupt, from a run of `count` of them.
    """

    design: str
    instructions: int
    count: int
    simulated: float
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "design": self.design,
            "instructions": self.instructions,
            "interrupts": self.count,
            "simulated_ns": self.simulated,
            "ns": self.seconds * 1e9,
        }


def interrupts(repetitions: int, only: str = "", time: Ps = TIME) -> list[Interrupt]:
    """All designs, or one, in turn, for so much simulated time."""
    designs = {name: each for name, each in variants(only).items() if ":" not in name}
    subjects: dict[str, Callable[[], Timed]] = {}
    for name, each in designs.items():
        for quiet in (False, True):
            subjects[f"{name} {quiet}"] = runs(
                build(load_scenario(SCENARIO, {"quiet": str(int(quiet))}), each, cpus=1), time
            )
    timings = in_turn(subjects, repetitions, "interrupts")
    return [made(name, each, timings) for name, each in designs.items()]


def runs(system: System, time: Ps) -> Callable[[], Timed]:
    """A run of the system, which has been run before: no engine is compiled while it is timed."""

    def run() -> Timed:
        return timed(lambda: simulate(system, MACHINE, time=time))

    run()
    return run


def made(name: str, each: Design, timings: dict[str, Timing]) -> Interrupt:
    """What the runs of a design come to."""
    loud, quiet = timings[f"{name} False"], timings[f"{name} True"]
    result, base = loud.returned[0], quiet.returned[0]
    count = result.source("card").irqs
    taken = user_time(base) - user_time(result)
    return Interrupt(
        design=name,
        instructions=operations(each)["line"].instructions,
        count=count,
        simulated=taken / count / 1000,
        seconds=(loud.median - quiet.median) / count,
    )


def user_time(result: Any) -> int:  # noqa: ANN401 - a result
    """Picoseconds of the CPU that the thread had."""
    return int(result.cpus[0].accounts["thread"])
