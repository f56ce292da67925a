"""One run, watched, from a system to a verdict."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.lang.plain import plain
from splx.lockdep.findings import findings
from splx.lockdep.observe import Observer
from splx.lockdep.subject import Subject
from splx.lockdep.watch import AFTER, BEFORE, LEVEL, PC_BITS, watch
from splx.machine.constants import Status
from splx.machine.run import boot
from splx.stage.load import Knobs, load
from splx.stage.sizeclass import sizes_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from splx.base.diagnostics import Diagnostic
    from splx.base.units import Ps
    from splx.lang.sizes import Sizes
    from splx.lockdep.model import Facts
    from splx.machine.models import CostModel
    from splx.scenario.design import Design
    from splx.scenario.scene import Scenario
    from splx.scenario.system import System

BATCH = 100_000  # instructions between two looks at the clock
PC_MASK = (1 << PC_BITS) - 1


@dataclass(frozen=True)
class Run:
    """Which run to watch: up to `time` ps. `engine` is "native" or "plain"."""

    time: Ps
    seed: int = 1
    ties: int = 0
    engine: str = "native"


@dataclass(frozen=True)
class Verdict:
    """What one run shows.

    `elapsed` ps of `asked` were watched; `complete` if nobody stopped it; `stopped` if it came to a broken rule of the
    kernel's or the machine's, and ended there. `orders` are pairs of locks of which the second was taken with the first
    held. `unseen` is what was declared and never came up: nothing is said about it.
    """

    scenario: str
    design: str
    machine: str
    cpus: int
    seed: int
    asked: Ps
    elapsed: Ps
    complete: bool
    stopped: bool
    taken: int
    orders: tuple[tuple[str, str], ...]
    unseen: tuple[str, ...]
    findings: tuple[Diagnostic, ...]

    @property
    def holds(self) -> bool:
        """Whether all that was asked for was watched, and shows nothing."""
        return self.complete and not self.stopped and not self.findings

    def __bool__(self) -> bool:
        """`holds`."""
        return self.holds

    def to_json(self) -> dict[str, object]:
        """All of it, for `json.dumps`."""
        names = ("scenario", "design", "machine", "cpus", "seed", "asked", "elapsed", "complete", "stopped",
                 "taken")  # fmt: skip
        return {
            **{name: getattr(self, name) for name in names},
            "orders": [list(each) for each in self.orders],
            "unseen": list(self.unseen),
            "findings": [each.to_json() for each in self.findings],
        }


def lockdep(
    system: System,
    scenario: Scenario,
    design: Design,
    model: CostModel,
    asked: Run,
    progress: Callable[[Ps, Ps], None] | None = None,
    notice: Callable[[str], None] | None = None,
) -> Verdict:
    """Watch a run of `system`, which is `scenario` under `design` with `spl_level` linked as a function of its own.

    `progress` and `notice` as in a simulation. Ctrl-C ends the run with what is known so far (`complete` is false).
    """
    sizes = sizes_for(system)
    buffer = load(system, model, Knobs(seed=asked.seed, ties=asked.ties), sizes)
    subject = Subject(system, scenario, design)
    observer = Observer(subject, buffer)
    buffer.set_slice("log", array("q", observer.points.marks))
    status = _watch(buffer, observer, asked, _entries(asked.engine, sizes, notice), progress)
    observer.end()
    machine = buffer.view()
    stopped = status is Status.FINDING
    elapsed = machine.beside.cpus[machine.beside.find_cpu].clock if stopped else min(machine.beside.now, asked.time)
    facts = observer.facts
    return Verdict(
        scenario=system.scenario,
        design=system.design,
        machine=model.name,
        cpus=system.cpus,
        seed=asked.seed,
        asked=asked.time,
        elapsed=elapsed,
        complete=status is not Status.STEPS,
        stopped=stopped,
        taken=facts.taken,
        orders=tuple(sorted(facts.orders)),
        unseen=tuple(_unseen(subject, facts)),
        findings=tuple(findings(facts, subject, buffer)),
    )


#: By sizes: even to find compiled code again takes a look at all the text that it was made of.
_compiled: dict[Sizes, dict[str, Callable[..., Any]]] = {}


def _entries(engine: str, sizes: Sizes, notice: Callable[[str], None] | None) -> dict[str, Callable[..., Any]]:
    if engine == "plain":
        return {each.__name__: plain(each, sizes) for each in (boot, watch)}
    if sizes not in _compiled:
        from splx.lang.native import compile_native  # noqa: PLC0415 - plain runs need no compiler

        library = compile_native([boot, watch], sizes, notice)
        _compiled[sizes] = {"boot": library["boot"], "watch": library["watch"]}
    return _compiled[sizes]


def _watch(
    buffer: Any,  # noqa: ANN401 - a buffer of a machine
    observer: Observer,
    asked: Run,
    entries: dict[str, Callable[..., Any]],
    progress: Callable[[Ps, Ps], None] | None,
) -> Status:
    """Run to the end, to a finding of the machine's, or to Ctrl-C (STEPS)."""
    beside = buffer.view().beside
    entries["boot"](buffer)
    beside.until = asked.time
    step, looks = entries["watch"], 0
    try:
        while True:
            wanted = BEFORE | AFTER | LEVEL if observer.any_held else AFTER
            seen = step(buffer, BATCH, wanted)
            if seen >= 0:
                observer.moved(seen >> PC_BITS, seen & PC_MASK)
            elif seen != -1 - Status.STEPS:
                return Status(-1 - seen)
            looks += 1
            if progress is not None and looks % 4096 == 0:
                progress(beside.now, asked.time)
    except KeyboardInterrupt:
        return Status.STEPS


def _unseen(subject: Subject, facts: Facts) -> list[str]:
    """What was declared and did not come up."""
    roots = [func.__name__ for func in subject.roots if func.__name__ != "job_release"]
    never = [f"`{name}` never ran" for name in dict.fromkeys(roots) if name not in facts.ran]
    taken = {lock.name for lock in facts.locks if not lock.big}
    return never + [f"`{each.about.name}` was never taken" for each in subject.scenario.locks
                    if each.about.name not in taken]  # fmt: skip
