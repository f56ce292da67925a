"""`splx.check` and what it returns: a verdict that knows how its system was made."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from splx.api.again import check_again, of_scenario
from splx.api.arguments import see_arguments
from splx.api.findings import read_finding, text_of
from splx.base.atomic import write_text
from splx.base.controls import without_controls
from splx.base.diagnostics import Diagnostic, SplxError
from splx.check import verdict as search
from splx.check.codes import ARGUMENT
from splx.check.limits import Limits, limits_for
from splx.check.loading import Bounds, bounds_for
from splx.check.properties import of_code
from splx.check.story import story_of
from splx.check.verdict import Verdict
from splx.machine.models import load as load_model
from splx.report.check import show_verdict
from splx.report.console import console_for
from splx.scenario.build import build
from splx.scenario.build.wiring import ANY
from splx.scenario.scene import Scenario
from splx.simulate.setup import DESIGN, Setup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.check.growing import Progress
    from splx.check.verdict import Stopped
    from splx.scenario.system import System


@dataclass(frozen=True, repr=False)
class Checked(Verdict):
    """A verdict, and the setup of its system; `setup` is None for a scenario that is in no file.

    `holds`, `finding`, `answers`, `counts`, `complete`, `assumptions`: see `Verdict`. As text it is what `splx check`
    prints.
    """

    setup: Setup | None = field(default=None, kw_only=True)
    under: str = field(default="", kw_only=True)  # without a setup: the kernel as it was asked for
    asked: tuple[str, ...] = field(default=(), kw_only=True)  # words that name a client; of a scenario its setup does

    @property
    def again(self) -> str:
        """The command that comes to this answer; empty for a scenario that is in no file."""
        if self.setup is None:
            return ""
        return check_again(self.asked or of_scenario(self.setup, self.bounds), self)

    @property
    def subject(self) -> str:
        """The scenario in the user's words, and what was set in it."""
        return self.setup.subject if self.setup else self.system.scenario

    @property
    def kernel(self) -> str:
        """Under which kernel: as it was asked for, with what was changed in it."""
        return self.setup.kernel if self.setup else self.under or self.system.design

    @property
    def story(self) -> str:
        """The drawing of the finding, a column for each CPU; empty if nothing was found."""
        return "" if self.finding is None else story_of(self)

    def save(self, path: str | Path) -> None:
        """Write the finding to a file: for `splx replay`, and to be committed as a test case.

        ValueError if there is no finding, or the scenario is in no file; SplxError S0002 if it cannot be written.
        """
        see_arguments({"path": path})
        if self.finding is None or self.setup is None:
            raise ValueError("nothing was found" if self.finding is None else "this scenario is in no file")
        write_text(path, text_of(self.setup, self, Path(path).absolute().parent))

    def __repr__(self) -> str:
        answer = "holds" if self.holds else "not all was seen" if self.finding is None else self.finding.code
        why = f": {self.finding.why}" if self.finding else ""
        with_ = f" with {self.setup.set_text}" if self.setup and self.setup.settings else ""
        return without_controls(f"<{self.system.scenario}{with_} under {self.kernel}: {answer}{why}>")

    def __str__(self) -> str:
        text = io.StringIO()
        show_verdict(self.subject, self.kernel, self, console_for(text), self.again)
        return text.getvalue()


def check(
    scenario: str | Path | Scenario,
    *,
    design: str = DESIGN,
    machine: str | Path = "ideal",
    cpus: int = 0,
    settings: Mapping[str, object] | None = None,
    mechanisms: Sequence[str | Path] = (),
    mutants: Sequence[str] = (),
    properties: Sequence[str] = (),
    memory: str = "sc",
    budgets: Mapping[str, int] | None = None,
    fair: Sequence[str] = (),
    ring: int = 1,
    single: bool = False,
    states: int | None = None,
    engine: str = "native",
    fuse: bool = True,
    max_memory: str | int | None = None,
    resume: str | Path | None = None,
    cost: int | None = None,
    jobs: int = 1,
    explain_state: bool = False,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
) -> Checked:
    """Look at every interleaving of a scenario under a kernel: whether anything can go wrong.

    `scenario` is a file, the name of one that comes with splx, or a `Scenario`, which has its settings already.
    `machine` says how the interrupt controller behaves, and nothing else: durations decide nothing. `cpus` 0 means as
    many as the scenario names. `settings` are those of its parameters, `mechanisms` files that replace ours, `mutants`
    names of guards to leave out. `properties` are names of what to look for, all of them by default: `splx check
    --properties`.

    The bounds are part of the answer: `memory` is "sc" or "tso"; `budgets` arrivals in all, by device; `fair`
    devices at which they keep coming, for those properties that ask; `ring` items that may wait at a device; `states`
    after how many to give up; `single` makes every instruction a step; without `fuse` so is every use of memory, also
    of words that nobody else can look at then.

    `max_memory` is what its tables may take, in bytes or as "2GB". In the folder `resume` the search is kept, and goes
    on from what is there: killed at any moment, it comes to the same answer.

    With `explain_state` the verdict's `explained` says what its states consist of.

    With `cost` the search goes by CPU switches and arrivals, the fewest first, up to so many of them together; the last
    of them, where nearly all the work is, in `jobs` processes, if it is not kept.

    `progress` is called with the counts now and then, and `stopped` is asked whether to give up. SplxError for any
    mistake in the input.
    """
    see_arguments(locals())
    bounds = bounds_for(
        memory=memory, budgets=budgets or {}, ring=ring, single=single, states=states, fair=fair, fuse=fuse
    )
    asked = Setup(
        str(scenario), design=design, machine=str(machine), cpus=cpus, ties=ANY, engine=engine,
        settings=tuple((name, str(value)) for name, value in (settings or {}).items()),
        mechanisms=tuple(map(str, mechanisms)), mutants=tuple(mutants),
    )  # fmt: skip
    if isinstance(scenario, Scenario):
        if settings:
            message = f"settings of the scenario `{scenario.name}`, which has been made with its settings already"
            raise SplxError(Diagnostic(ARGUMENT, message, help="give them to `Scenario(..., settings={...})`"))
        made = build(scenario, asked.made_design(), cpus=cpus or scenario.cpus_named(), ties=ANY)
        setup, system = None, replace(made, manners=load_model(asked.machine).manners)
    else:
        setup, system = asked, asked.system()
    limits = limits_for(max_memory, resume, cost, jobs)
    found = _checked(
        setup, system, bounds, tuple(properties), engine, limits, progress, stopped, explain_state=explain_state
    )
    return replace(found, under=asked.kernel)


def check_setup(
    setup: Setup,
    bounds: Bounds,
    properties: tuple[str, ...] = (),
    *,
    limits: Limits | None = None,
    explain_state: bool = False,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
    system: System | None = None,
) -> Checked:
    """As `check`, for a setup and bounds that are there; `system` is what is made of the setup, if it has been."""
    see_arguments(locals())
    return _checked(
        setup, system or setup.system(), bounds, properties, setup.engine, limits or Limits(), progress, stopped,
        explain_state=explain_state,
    )  # fmt: skip


def replay(path: str | Path, *, progress: Progress | None = None, stopped: Stopped = lambda: False) -> Checked:
    """Search again for what a file of a finding has, with scenario and kernel as they are today.

    It is there still if the verdict has a finding, and gone if the verdict holds. SplxError S0601 if the file is no
    finding, and for any mistake in the scenario.
    """
    see_arguments(locals())
    setup, bounds, found = read_finding(path)
    return check_setup(setup, bounds, (of_code(found["code"]).name,), progress=progress, stopped=stopped)


def _checked(
    setup: Setup | None,
    system: System,
    bounds: Bounds,
    properties: tuple[str, ...],
    engine: str,
    limits: Limits,
    progress: Progress | None,
    stopped: Stopped,
    *,
    explain_state: bool = False,
) -> Checked:
    if setup is not None:
        limits = replace(limits, asked=_asked(setup))
    verdict = search.check(
        system, bounds, only=properties, engine=engine, limits=limits, progress=progress, stopped=stopped,
        explained=explain_state,
    )  # fmt: skip
    return Checked(**vars(verdict), setup=setup)


def _asked(setup: Setup) -> tuple[tuple[str, str], ...]:
    """What was chosen of a system beside its scenario, its design and how many CPUs."""
    options = ", ".join(f"{name}={value}" for name, value in setup.options)
    return (
        ("parameters (`--set`)", setup.set_text),
        ("machine", setup.machine),
        ("mutants", ", ".join(setup.mutants)),
        ("mechanisms", ", ".join(setup.mechanisms)),
        ("options of the design", ", ".join(filter(None, (setup.design.partition(":")[2], options)))),
    )
