"""A run in words, as the command line says it: picklable, printable, and made into a system when wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from splx.base.diagnostics import Diagnostic, SplxError
from splx.base.units import UNITS, parse_duration
from splx.machine.models import load as load_model
from splx.simulate import codes
from splx.simulate.run import simulate

if TYPE_CHECKING:
    from splx.base.units import Ps
    from splx.machine.models import CostModel
    from splx.scenario.design import Design
    from splx.scenario.scene import Scenario
    from splx.scenario.system import System
    from splx.simulate.engine import Notice, Progress
    from splx.simulate.result import Result
    from splx.simulate.run import Trace

DESIGN = "netbsd-5"
MACHINE = "x86-2020"
TIES = {"declared": 0, "reversed": 1}


@dataclass(frozen=True)
class Setup:
    """Everything that decides a run: `settings` of the scenario's parameters, `options` of the design, `mechanisms`
    files that replace ours, `cpus` 0 as many as the scenario names.
    """

    scenario: str
    design: str = DESIGN
    machine: str = MACHINE
    cpus: int = 0
    time: Ps = UNITS["s"]
    seed: int = 1
    ties: int = 0
    settings: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    mechanisms: tuple[str, ...] = ()
    mutants: tuple[str, ...] = ()
    engine: str = "native"

    @property
    def kernel(self) -> str:
        """The kernel, and what was changed in it: `netbsd-5, mutant m7`."""
        changes = [f"{name}={value}" for name, value in self.options]
        return ", ".join([self.design, *changes, *self.mechanisms, *(f"mutant {name}" for name in self.mutants)])

    @property
    def set_text(self) -> str:
        """What was set in the scenario: `SLEEPS=0, speed=2`; empty if nothing was."""
        return ", ".join(f"{name}={value}" for name, value in self.settings)

    @property
    def subject(self) -> str:
        """The scenario, and what was set in it: `cases/d4 with SLEEPS=0`."""
        return f"{self.scenario} with {self.set_text}" if self.settings else self.scenario

    def model(self) -> CostModel:
        """The cost model. SplxError with M codes."""
        return load_model(self.machine)

    def system(self, model: CostModel | None = None, also: str = "") -> System:
        """The linked system; `also` as in `build`. SplxError with every mistake in scenario, design or mechanisms."""
        from splx.scenario.build import build  # noqa: PLC0415 - heavy, as in `parts`

        model = model or self.model()
        scenario, chosen, cpus = self.parts()
        made = build(scenario, chosen, cpus=cpus, ties=self.ties, cycle=model.cycle, also=also)
        return replace(made, manners=model.manners)

    def parts(self) -> tuple[Scenario, Design, int]:
        """What a system is built of: the scenario, the design, and how many CPUs. SplxError as in `system`."""
        # The scenario room is heavy; whoever only prints a setup does not wait for it.
        from splx.scenario.load import load_scenario  # noqa: PLC0415

        chosen, scenario = self.made_design(), load_scenario(self.scenario, dict(self.settings))
        return scenario, chosen, self.cpus or scenario.cpus_named()

    def made_design(self) -> Design:
        """The design, with its options, and what was changed in it. SplxError with every mistake in them."""
        from splx.scenario.designs import design  # noqa: PLC0415 - heavy
        from splx.scenario.load import load_module  # noqa: PLC0415
        from splx.scenario.mutants import mutant, mutated  # noqa: PLC0415

        chosen = design(self.design, dict(self.options))
        for file in self.mechanisms:
            chosen = chosen.replace(load_module(Path(file), "mechanism"))
        for name in self.mutants:
            chosen = mutated(chosen, mutant(name).edits)
        return chosen

    def run(
        self, *, progress: Progress | None = None, notice: Notice | None = None, trace: Trace | None = None
    ) -> Result:
        """Build and simulate; see `simulate`."""
        model = self.model()
        return simulate(
            self.system(model), model, time=self.time, seed=self.seed, ties=self.ties, engine=self.engine,
            progress=progress, notice=notice, trace=trace,
        )  # fmt: skip

    def with_(self, **changes: object) -> Setup:
        """The same but for some fields."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def arguments(self) -> list[str]:
        """The options of `splx run` that say this, those left out that are as usual."""
        usual = Setup(self.scenario)
        words = [self.scenario, "--design", self.design]
        if self.machine != usual.machine:
            words += ["--machine", self.machine]
        if self.cpus != usual.cpus:
            words += ["--cpus", str(self.cpus)]
        words += ["--time", exact_duration(self.time)]
        words += ["--seed", str(self.seed)]
        if self.ties:
            names = {number: name for name, number in TIES.items()}
            words += ["--ties", names.get(self.ties, str(self.ties))]
        return words + self.changes() + (["--engine", self.engine] if self.engine != usual.engine else [])

    def changes(self) -> list[str]:
        """The options that say what was set in the scenario, and changed in the kernel."""
        words = [word for name, value in self.options for word in (f"--{name.replace('_', '-')}", value)]
        words += [word for name, value in self.settings for word in ("--set", f"{name}={value}")]
        words += [word for file in self.mechanisms for word in ("--mechanism", file)]
        return words + [word for name in self.mutants for word in ("--mutant", name)]


def exact_duration(time: Ps) -> str:
    """A duration that reads back as the same number of picoseconds."""
    unit, scale = max((each for each in UNITS.items() if time % each[1] == 0), key=lambda each: each[1])
    return f"{time // scale}{unit}"


def parse_time(text: str) -> Ps:
    """How long to simulate. SplxError if it is no duration, or zero."""
    time = parse_duration(text)
    if time == 0:
        raise SplxError(Diagnostic(codes.NO_TIME, "a run of no time", help="give a time above zero: `--time 1s`"))
    return time


def parse_ties(text: str) -> int:
    """The order of simultaneous events: `declared`, `reversed`, or a number from 2 on that seeds it."""
    if text in TIES:
        return TIES[text]
    if text.isdigit() and 1 < int(text) < 1 << 62:
        return int(text)
    message = f"`{text}` is not an order of simultaneous events"
    advice = "say `declared`, `reversed`, or a number from 2 on that seeds it"
    raise SplxError(Diagnostic(codes.TIES, message, help=advice))


def parse_settings(texts: tuple[str, ...], form: str = "--set NAME=VALUE") -> tuple[tuple[str, str], ...]:
    """`NAME=VALUE` words as pairs; `form` says how they are written. SplxError S0403 for a word without `=`."""
    bad = [each for each in texts if "=" not in each]
    if bad:
        advice = f"write `{form}`"
        raise SplxError(*(Diagnostic(codes.SETTING, f"`{each}` is given no value", help=advice) for each in bad))
    return tuple((name, value) for name, _, value in (each.partition("=") for each in texts))
