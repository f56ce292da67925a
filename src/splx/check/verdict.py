"""Can it ever go wrong? A search, then the graph of all states, and an answer that says how much of it was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

from splx.check import codes
from splx.check.checker import Checker, Counts
from splx.check.groups import Group, Stuck, groups_of
from splx.check.loading import Bounds
from splx.check.search import Want
from splx.check.waits import Graph, graph_of
from splx.kernel.interface.lwp import LSIDL, LSSLEEP, LSZOMB

if TYPE_CHECKING:
    from splx.scenario.system import System

Progress: TypeAlias = Callable[[Counts], None]
Stopped: TypeAlias = Callable[[], bool]
PIECE = 20_000  # states between two looks of the host
NOBODY = 62
AHEAD = 20_000  # states to look ahead for who else will be stuck


@dataclass(frozen=True)
class Finding:
    """What is wrong: a code, one sentence, who is stuck and how, and the moves of the cheapest way there.

    `cost` counts CPU switches and arrivals.
    """

    code: str
    why: str
    moves: tuple[int, ...]
    cost: int
    stuck: tuple[Stuck, ...] = ()
    graph: Graph = field(default_factory=Graph)  # who waits for whom at the end


@dataclass(frozen=True)
class Verdict:
    """The answer. `complete`: every state was seen. `assumptions` are those under which it holds."""

    system: System
    bounds: Bounds
    counts: Counts
    complete: bool
    seconds: float
    bytes_per_state: float
    finding: Finding | None = None
    assumptions: tuple[str, ...] = field(default=())

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong, and everything was seen."""
        return self.complete and self.finding is None


def check(
    system: System,
    bounds: Bounds | None = None,
    *,
    engine: str = "native",
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
) -> Verdict:
    """Search every interleaving of `system` within `bounds`.

    A finding is the first there is: a rule of the machine or of the kernel broken in some move, else a group of
    contexts that can never move again. `stopped` is asked now and then whether to give up.
    """
    bounds = bounds or Bounds()
    began = monotonic()
    checker = Checker(system, bounds, engine)
    groups = groups_of(system)
    checker.n_groups = len(groups)
    _tell_groups(checker, groups)
    want = _search(checker, bounds, progress, stopped)
    counts, room = checker.counts, checker.bytes_per_state
    finding = None
    if want is Want.FINDING:
        finding = _broken(checker)
    elif want is Want.NOTHING:
        finding = _stuck(checker, groups)
    if finding is not None:
        finding = replace(finding, graph=graph_of(system, bounds, finding.moves, finding.stuck))
    return Verdict(
        system, bounds, counts, want is Want.NOTHING, monotonic() - began, room, finding, assumptions(system, bounds)
    )


def _search(checker: Checker, bounds: Bounds, progress: Progress | None, stopped: Stopped) -> Want:
    """Explore in pieces."""
    while True:
        checker.s.pause = min(checker.s.next + PIECE, bounds.states)
        want = checker.explore()
        if want is not Want.PAUSE or checker.s.next >= bounds.states or stopped():
            return want
        if progress is not None:
            progress(checker.counts)


def _tell_groups(checker: Checker, groups: tuple[Group, ...]) -> None:
    s, offset = checker.s, checker.eyes.status_offset
    for context in range(len(checker.system.contexts)):
        s.group[context] = NOBODY  # the idle threads
    for device in range(len(checker.system.devices)):
        s.dev_group[device] = NOBODY
    for number, group in enumerate(groups):
        for context in group.contexts:
            s.group[context] = number
        if group.device >= 0:
            s.device_of[number], s.dev_group[group.device] = group.device + 1, number
        if group.lwp:
            s.status_at[number] = group.lwp + offset
            s.gone[number] = 1 << LSIDL | 1 << LSZOMB | (1 << LSSLEEP if group.ours else 0)


def _broken(checker: Checker) -> Finding:
    """A move broke a rule."""
    cheap = checker.cheapest(0)
    cost, moves = cheap if cheap is not None else (0, checker.moves_to(checker.s.fail_state, checker.s.fail_move))
    s, image = checker.s, checker.system.image
    text = checker.broken_rule()
    where = image.where(s.fail_pc)[0] if s.fail_pc else ("", None)
    return Finding(codes.RULE, f"{text}, in {where[0]}", tuple(moves), cost)


def _stuck(checker: Checker, groups: tuple[Group, ...]) -> Finding | None:
    """A group that can never move again, the first to be so."""
    checker.connect()
    firsts: list[tuple[int, int]] = []
    for number in range(len(groups)):
        checker.run["can_move"](checker.buffer, number)
    for number in range(len(groups)):
        state = checker.run["next_without"](checker.buffer, number, 0)
        if state >= 0:
            firsts.append((state, number))
    if not firsts:
        return None
    goal = min(firsts)[1]
    found = checker.cheapest(1 << goal)
    assert found is not None, "a state is reached, and by no way"
    found = checker.cheapest(_all_of_them(checker, checker.goal_state, 1 << goal)) or found
    cost, moves = found
    end = checker.goal_state
    checker.show(end)
    machine = checker.s.machine
    mark = checker.mark(end)
    gone = [each for number, each in enumerate(groups) if not mark >> number & 1]
    state = machine.state
    looks = [checker.eyes.stuck(each, state) for each in gone]
    stuck = [each for each in looks if each is not None]
    stuck.sort(key=lambda each: each.group.name != groups[goal].name)
    return Finding(_code(stuck, checker, end), _why(stuck), tuple(moves), cost, tuple(stuck))


def _all_of_them(checker: Checker, state: int, goal: int) -> int:
    """The groups, as bits, that are stuck once all who will be are: a story ends when there is nothing to add.

    Who cannot move any more in a state cannot in those behind it either, so it is enough to go on.
    """
    best, queue, seen = checker.mark(state), [state], {state}
    end = state
    for at in queue:
        if len(seen) > AHEAD:
            break
        for _, to in checker.look_round(at)[1]:
            if to not in seen:
                seen.add(to)
                queue.append(to)
                mark = checker.mark(to)
                if mark.bit_count() < best.bit_count():
                    best, end = mark, to
    checker.show(end)
    there = sum(1 << n for n in range(checker.n_groups) if checker.run["there"](checker.buffer, n))
    return goal | (there & ~best)


def _code(stuck: list[Stuck], checker: Checker, state: int) -> str:
    if not checker.look_round(state)[1]:
        return codes.STANDSTILL
    return {"sleeps": codes.ASLEEP, "unheard": codes.UNHEARD}.get(stuck[0].how, codes.STUCK)


_HOW = {
    "spins": "{name} spins on {on} for ever",
    "sleeps": "{name} sleeps on {on} and nobody can wake it",
    "ready": "{name} is ready and no CPU can ever run it",
    "beneath": "{name} lies beneath what never ends",
    "waits": "{name} never goes on",
    "unheard": "an item of {name} is never taken",
}


def _why(stuck: list[Stuck]) -> str:
    """One sentence."""
    parts = [_HOW[each.how].format(name=each.group.name, on=each.on or "a word") for each in stuck]
    return "; ".join(parts) + ", whatever happens next"


def assumptions(system: System, bounds: Bounds) -> tuple[str, ...]:
    """What the answer rests on."""
    memory = f"x86-TSO, {bounds.buffer} stores to a buffer" if bounds.tso else "sequentially consistent memory"
    ring = f"at most {bounds.ring} waiting item{'s' if bounds.ring > 1 else ''} per device"
    budgets = [f"{name}: {n} arrivals" for name, n in bounds.budgets.items()]
    arrivals = ", ".join(budgets) if budgets else "any number of arrivals, at any step"
    steps = "every instruction a step" if bounds.single else "instructions that nobody can tell apart in one step"
    return (
        memory,
        arrivals,
        ring,
        steps,
        "every duration possible",
        f"{system.cpus} CPU{'s' if system.cpus > 1 else ''}",
    )
