"""A kernel's own primitives, checked by most general clients: each in turn, under each memory model, and what ran."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from splx.api.again import of_client
from splx.api.checking import Checked
from splx.api.together import check_together, left_out
from splx.check import verdict as search
from splx.check.clients import CLIENTS, Explored, keeps
from splx.check.executed import Executed
from splx.check.limits import Limits
from splx.check.loading import bounds_for, counters_for
from splx.scenario.build.wiring import ANY
from splx.scenario.load import find_scenario, load_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from splx.check.clients import Client
    from splx.check.growing import Progress
    from splx.check.loading import Bounds
    from splx.check.verdict import Stopped
    from splx.scenario.scene import Scenario
    from splx.scenario.system import System
    from splx.simulate.setup import Setup


@dataclass(frozen=True)
class Task:
    """A client to be run on a kernel. `setup` names its scenario; `left_out` are operations the design has not;
    `bounds` says within which bounds, in words; `asked` are the words of a command that ask for it.
    """

    client: Client
    memory: str
    setup: Setup
    budgets: Mapping[str, int]
    left_out: tuple[str, ...]
    there: bool  # whether the design has any of its operations
    bounds: str = ""
    asked: tuple[str, ...] = ()


def tasks(
    setup: Setup,
    clients: Sequence[Client] = CLIENTS,
    memories: Sequence[str] = ("sc", "tso"),
    *,
    small: bool = False,
    budgets: Mapping[str, int] | None = None,
) -> list[Task]:
    """Every client under every memory model, on the kernel of `setup`, whose settings and `budgets` come on top of the
    clients' own; `small` takes the tighter ones. A setting or a budget is for those clients that know of it.
    """
    made = []
    for memory in memories:
        for client in clients:
            given = {**client.settings, **(client.small if small else {})}
            each = setup.with_(scenario=client.scenario, settings=(), cpus=0, ties=ANY)
            known = load_scenario(client.scenario).parameters.keys()
            chosen = {**{name: str(n) for name, n in given.items()}, **dict(setup.settings)}
            each = each.with_(settings=tuple((name, text) for name, text in chosen.items() if name in known))
            each = _without_kept(each, client)
            scenario, design, cpus = each.parts()
            devices = {device.name for device in scenario.devices}
            own = client.budgets_in(design, memory, small=small)
            limits = {name: n for name, n in {**own, **(budgets or {})}.items() if name in devices}
            made.append(
                Task(
                    client,
                    memory,
                    each,
                    limits,
                    client.left_out(design),
                    client.is_of(design),
                    _bounds(scenario, cpus, limits),
                    _asked(setup, client, memory, budgets or {}, small=small),
                )
            )
    return made


def _asked(setup: Setup, client: Client, memory: str, budgets: Mapping[str, int], *, small: bool) -> tuple[str, ...]:
    """The words that ask for one client, with what it knows of all that was set."""
    scenario = load_scenario(client.scenario)
    known = tuple((name, text) for name, text in setup.settings if name in scenario.parameters)
    devices = {device.name for device in scenario.devices}
    limits = {name: n for name, n in budgets.items() if name in devices}
    return of_client(client.name, setup.with_(settings=known, cpus=0), limits, memory, small=small)


def _without_kept(setup: Setup, client: Client) -> Setup:
    """`kept=0` where locks are not kept while their owners block, unless it was said."""
    said = {name for name, _ in setup.settings}
    if not client.kept or "kept" in said or keeps(setup.parts()[1]):
        return setup
    return setup.with_(settings=(*setup.settings, ("kept", "0")))


def run(
    task: Task,
    *,
    system: System | None = None,
    limits: Limits | None = None,
    only: tuple[str, ...] = (),
    executed: Executed | None = None,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
    **within: Any,  # noqa: ANN401 - as `bounds_for` takes it
) -> Explored:
    """Search all states of a client, for what breaks a property, or `only` those named. `executed` notes what it made
    the kernel do. `system` is that of the task's setup, if it has been made already: it is the same under every memory
    model. `within` are bounds that the client does not set: `ring`, `states`, `single`, `fuse`.
    """
    if not task.there:
        return _explored(task, None)
    bounds = _bounds_of(task, within)
    if stopped():
        return _explored(task, left_out(task.setup, bounds, only, limits))
    system = task.setup.system() if system is None else system
    counters = None if executed is None else counters_for(system)
    found = search.check(
        system, bounds, only=only, engine=task.setup.engine, limits=limits, progress=progress, stopped=stopped,
        counters=counters,
    )  # fmt: skip
    if executed is not None and counters is not None:
        executed.add(system.image.insns, counters, find_scenario(task.setup.scenario))
    return _explored(task, Checked(**vars(found), setup=task.setup))


def _explored(task: Task, verdict: Checked | None) -> Explored:
    """What became of a task; None if the design has none of it."""
    if verdict is None:
        return Explored(task.client, task.memory, task.left_out)
    verdict = replace(verdict, asked=task.asked)
    return Explored(task.client, task.memory, task.left_out, task.bounds, verdict, verdict.again)


def run_together(
    made: Sequence[Task],
    jobs: int,
    *,
    limits: Limits | None = None,
    only: tuple[str, ...] = (),
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
    **within: Any,  # noqa: ANN401 - as `bounds_for` takes it
) -> list[Explored]:
    """As `run`, of each, `jobs` at a time."""
    there = [each for each in made if each.there]
    bounds = [_bounds_of(each, within) for each in there]
    setups, each_limits = [each.setup for each in there], [limits or Limits()] * len(there)
    found = check_together(setups, bounds, only, each_limits, jobs, progress=progress, stopped=stopped)
    verdicts = {id(task): verdict for task, verdict in zip(there, found, strict=True)}
    return [_explored(each, verdicts.get(id(each))) for each in made]


def _bounds_of(task: Task, within: Mapping[str, Any]) -> Bounds:
    most = within.get("states") or task.client.states
    return bounds_for(**{**within, "memory": task.memory, "budgets": task.budgets, "states": most})


def _bounds(scenario: Scenario, cpus: int, budgets: Mapping[str, int]) -> str:
    """Within which bounds the client was explored, in words."""
    words = [_number(cpus, "CPU"), _number(len(scenario.threads), "thread")]
    if "operations" in scenario.parameters:  # else each thread does what there is for it once
        operations = int(str(scenario.parameters["operations"]))
        words.append(f"{_number(operations, 'operation')} each" if operations else "for ever")
    for device in scenario.devices:
        limit = budgets.get(device.name)
        words.append(f"{device.name} {'for ever' if limit is None else f'{limit} times'}")
    return ", ".join(words)


def _number(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
