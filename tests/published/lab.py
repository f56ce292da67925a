"""What the published cases share: run a scenario on the machine without costs."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from splx.scenario.build import build
from splx.scenario.designs import design
from splx.simulate import simulate

DATA = Path(__file__).parent / "data"


def published(name: str) -> dict[str, Any]:
    """A published result."""
    return tomllib.loads((DATA / f"{name}.toml").read_text())


def result(scenario, until, *, ties=0, cpus=1, under="textbook", seed=1, **options):
    """Run for `until` ps."""
    system = build(scenario, design(under).configured(options), cpus=cpus, ties=ties)
    return simulate(system, "ideal", time=until, seed=seed, ties=ties)


def worst(scenario, until, **how):
    """The largest response of each source that had one, in ps."""
    return {s.name: s.finish.most for s in result(scenario, until, **how).sources if s.finish}


def mean_responses(scenario, until, *, seed):
    """The mean response of each device, in declared order, in ps."""
    return [s.finish.mean for s in result(scenario, until, seed=seed).sources if s.finish]
