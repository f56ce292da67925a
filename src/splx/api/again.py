"""The command that makes a check again, as text that a shell reads back."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from splx.check.limits import End
from splx.check.loading import NO_END
from splx.check.properties import named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.check.loading import Bounds
    from splx.check.verdict import Verdict
    from splx.simulate.setup import Setup


def of_scenario(setup: Setup, bounds: Bounds) -> tuple[str, ...]:
    """The words of `splx check` that name a scenario, a kernel, and how many arrivals there may be."""
    return setup.scenario, "--design", setup.design, *_system(setup, bounds.budgets)


def of_client(name: str, setup: Setup, budgets: Mapping[str, int], memory: str, *, small: bool) -> tuple[str, ...]:
    """The words that name a client of a kernel, with what somebody set and allowed on top of the client's own."""
    tight = ["--small"] if small else []
    return "--kernel", setup.design, "--client", name, *tight, "--memory", memory, *_system(setup, budgets)


def check_again(asked: Sequence[str], verdict: Verdict) -> str:
    """The command that comes to this answer. `asked` are the words that name what is checked."""
    words = ["splx", "check", *asked, *_bounds(verdict.bounds, model="--memory" not in asked)]
    names = tuple(verdict.answers)
    if names != tuple(each.name for each in named()):
        words += [word for name in names for word in ("--property", name)]
    if verdict.by_cost:
        words += ["--cost", str(verdict.limits.cost)]
    if verdict.end is End.MEMORY and verdict.limits.memory:
        words += ["--max-memory", str(verdict.limits.memory)]
    return shlex.join(words)


def _system(setup: Setup, budgets: Mapping[str, int]) -> list[str]:
    machine = ["--machine", setup.machine] if setup.machine != "ideal" else []
    cpus = ["--cpus", str(setup.cpus)] if setup.cpus else []
    limits = [word for name, n in budgets.items() for word in ("--budget", f"{name}={n}")]
    return [*machine, *cpus, *setup.changes(), *limits]


def _bounds(bounds: Bounds, *, model: bool) -> list[str]:
    """Those that are not as usual; the memory model if that is not said yet."""
    words = ["--memory", "tso"] if model and bounds.tso else []
    words += [word for name in bounds.fair for word in ("--fair", name)]
    words += ["--ring", str(bounds.ring)] if bounds.ring != 1 else []
    words += ["--single"] if bounds.single else [] if bounds.fuse else ["--no-fuse"]
    return words + (["--states", str(bounds.states)] if bounds.states != NO_END else [])
