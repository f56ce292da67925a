"""What the published cases share: run a scenario on the machine without costs."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from splx.machine.constants import Event, Mark
from splx.machine.models import load
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.simulate import simulate
from splx.trace.events import Recorder

DATA = Path(__file__).parent / "data"


def published(name: str) -> dict[str, Any]:
    """A published result."""
    return tomllib.loads((DATA / f"{name}.toml").read_text())


def result(scenario, until, *, ties=0, cpus=1, under="textbook", seed=1, **options):
    """Run for `until` ps."""
    system = build(scenario, design(under).configured(options), cpus=cpus, ties=ties)
    return simulate(system, "ideal", time=until, seed=seed, ties=ties)


def blocked(scenario, until, names, **options):
    """For each task in `names`, best first: the longest that a job of it, released and not done, saw worse tasks run.

    On the machine without costs a CPU is either in a thread or idle.
    """
    system = build(scenario, design("textbook").configured(options))
    log = Recorder()
    simulate(system, "ideal", time=until, trace=log)
    rank = {name: n for n, name in enumerate(names)}
    source = {n: rank[name] for n, name in enumerate(system.sources) if name in rank}
    waits = [[] for _ in names]  # of each job under way, how long worse tasks have run
    most = [0] * len(names)
    running, since = None, 0
    for time, cpu, kind, a, b in log.events():
        if running is not None:
            for jobs in waits[:running]:
                jobs[:] = [each + time - since for each in jobs]
        since = time
        if kind == Event.ARRIVE and a in source:
            waits[source[a]].append(0)
        elif kind == Mark.DONE and cpu < 0 and a in source:
            most[source[a]] = max(most[source[a]], waits[source[a]].pop(0))
        elif kind == Event.SWITCH:
            running = rank.get(system.contexts[b].name.partition(".")[0])
    return most


def worst(scenario, until, **how):
    """The largest response of each source that had one, in ps."""
    return {s.name: s.finish.most for s in result(scenario, until, **how).sources if s.finish}


def mean_responses(scenario, until, *, seed):
    """The mean response of each device, in declared order, in ps."""
    return [s.finish.mean for s in result(scenario, until, seed=seed).sources if s.finish]


def fixed_point(demand, start):
    """The least fixed point of a demand that never falls, from a start that is not above it."""
    while (more := demand(start)) != start:
        start = more
    return start


def charged(*, default, **cycles):
    """A machine of 1 GHz on which a class of instructions costs so many cycles, any other `default`; caches nothing."""
    ideal = load("ideal")
    amounts = {name.strip("_").upper(): amount for name, amount in cycles.items()}
    costs = {c: replace(figure, ps=1000 * amounts.get(c.name, default)) for c, figure in ideal.costs.items()}
    return replace(ideal, costs=costs)
