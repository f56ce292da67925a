"""Who can never move again: the judge of standstills, sleeps, spins and interrupts that are never heard."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from splx.check import properties
from splx.check.finding import Finding, Suspect
from splx.check.groups import Stuck, sentence
from splx.check.happens import comes_to
from splx.check.onward import place_of, stuck_at, until_it_returns, until_it_stays, until_somebody_runs
from splx.check.search import How, Move
from splx.check.spent import what_next
from splx.kernel.interface.lwp import LSIDL, LSSLEEP, LSZOMB

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from splx.base.diagnostics import Span
    from splx.check.checker import Checker
    from splx.check.groups import Group
    from splx.check.onward import Way
    from splx.check.properties import Property

NOBODY = 62
AHEAD = 20_000  # states to look ahead for who else will be stuck
LAST = 99  # after every group


def tell_groups(checker: Checker, groups: tuple[Group, ...]) -> None:
    """Say to a search which contexts, threads and devices are somebody."""
    checker.n_groups = len(groups)
    s, offset = checker.s, checker.eyes.status_offset
    s.sleeps = 1 << LSSLEEP
    s.cpu_after, s.wchan_after = (checker.eyes.offset(each) - offset for each in ("l_cpu", "l_wchan"))
    for context in range(len(checker.system.contexts)):
        s.group[context] = NOBODY  # the idle threads
    for device in range(len(checker.system.devices)):
        s.dev_group[device] = NOBODY
    s.brief = sum(1 << number for number, each in enumerate(groups) if each.brief)
    for number, group in enumerate(groups):
        for context in group.contexts:
            s.group[context] = number
        if group.device >= 0:
            s.device_of[number], s.dev_group[group.device] = group.device + 1, number
            s.handler_at[number] = group.handler
        if group.lwp:
            s.status_at[number] = group.lwp + offset
            s.gone[number] = 1 << LSIDL | 1 << LSZOMB | (1 << LSSLEEP if group.ours else 0)
            s.rests_on[number], s.rests_too[number] = group.rests
    checker.alike.tell_groups(groups)


def judge(checker: Checker, groups: tuple[Group, ...], wanted: Collection[Property]) -> Iterator[Suspect]:
    """The properties among `wanted` that some state breaks; the graph is there."""
    checker.mark_movers(len(groups))
    checker.mark_wakes(n for n, each in enumerate(groups) if each.lwp)
    for each, how in _LOOKS.items():
        firsts = [(_first(checker, n, how), n) for n, group in enumerate(groups) if _may(group, each)]
        first = min((pair for pair in firsts if pair[0] >= 0), default=None)
        if each in wanted and first is not None:
            yield Suspect(each, first, partial(_tell, checker, groups, wanted, each, first, how), first[1])
    still = checker.run["next_still"](checker.buffer, len(groups)) if properties.STANDSTILL in wanted else -1
    if still >= 0:
        yield Suspect(properties.STANDSTILL, (still, LAST), partial(tell_still, checker, groups, still))


_LOOKS = {
    properties.STUCK: How.AWAKE, properties.ASLEEP: How.LOST, properties.UNHEARD: How.ANY,
    properties.EXHAUSTED: How.ANY,
}  # fmt: skip


DEADLOCKS = (properties.STANDSTILL, *(each for each in _LOOKS if each is not properties.UNHEARD))


def _may(group: Group, prop: Property) -> bool:
    """Whether a property is about such a group."""
    if group.device >= 0:
        return prop is properties.UNHEARD
    if prop is properties.EXHAUSTED:
        return bool(group.lwp) and group.brief and not group.requests
    return prop is properties.STUCK or (prop is properties.ASLEEP and bool(group.lwp))


def _first(checker: Checker, group: int, how: How) -> int:
    return int(checker.run["next_stuck"](checker.buffer, group, 0, how))


def _tell(
    checker: Checker, groups: tuple[Group, ...], wanted: Collection[Property], prop: Property, first: tuple[int, int],
    how: How,
) -> Finding:  # fmt: skip
    """The cheapest way to where a group is stuck, and all are who will be."""
    end, goal = first
    found, end = _way(checker, end, 1 << goal, group=goal, how=how)
    goals, goal, last = _all_of_them(checker, end, goal)
    if last != end:  # else nobody is added to those for whom there is no cheaper way
        found, end = _way(checker, end, goals, found, group=goal, how=how)
    still = properties.STANDSTILL in wanted and not checker.look_round(end)[1]
    found, end = until_somebody_runs(checker, groups, end, found)
    found, end = until_it_returns(checker, groups, end, found)
    found, end = until_it_stays(checker, groups, end, found)
    more = _more_at(checker, end)
    stuck = stuck_at(checker, groups, end, groups[goal].name)
    return _finding(checker, properties.STANDSTILL if still else prop, stuck, found, groups, more)


def _more_at(checker: Checker, state: int) -> set[int]:
    """The devices at which more can arrive in a state, and need not."""
    moves = [move for move, _ in checker.look_round(state)[1]]
    found = {move >> 16 & 0xFF for move in moves if move >> 24 == Move.ARRIVE}
    return {each for each in found if not checker.s.dev_fair[each]}


def _way(
    checker: Checker, end: int, goal: int, known: Way | None = None, *, group: int = -1, how: How = How.ANY
) -> tuple[Way, int]:
    """The cheapest way to a goal, and where it ends; or the one to `end` that is known, or by which it was found."""
    known = known or _found(checker, end)
    found = checker.cheapest_or(known[1], goal, group=group, how=how)
    return (known, end) if found[1] is known[1] else (found, checker.goal_state)


def _found(checker: Checker, state: int) -> Way:
    """The way by which a state was found."""
    moves = checker.moves_to(state)
    return checker.cost_of(moves), moves


def tell_still(checker: Checker, groups: tuple[Group, ...], still: int) -> Finding:
    """The cheapest way to where nothing can move."""
    found, end = _way(checker, still, 1, how=How.STILL)
    return _finding(checker, properties.STANDSTILL, stuck_at(checker, groups, end, ""), found)


def tell_closed(
    checker: Checker, groups: tuple[Group, ...], end: int, found: Way, wanted: Collection[Property]
) -> Finding | None:
    """Who is stuck in a state of which it is marked who is not; None if nobody asked for how they are."""
    stuck = stuck_at(checker, groups, end, "")
    asleep = all(each.how == "sleeps" for each in stuck) and not all(each.wakes for each in stuck)
    how = properties.ASLEEP if asleep else properties.STUCK
    return _finding(checker, how, stuck, found) if how in wanted else None


def _finding(
    checker: Checker, prop: Property, stuck: list[Stuck], found: Way, groups: tuple[Group, ...] = (),
    more: Collection[int] = (),
) -> Finding:  # fmt: skip
    """The finding; the machine at hand is at its end, where more can arrive at some devices."""
    cost, moves = found
    comes_to(checker, moves)
    places = (place_of(checker, each) for each in stuck)
    place = next((each for each in places if each is not None), None)
    tail = what_next(checker, stuck, more)
    tail += ", if no more arrive there" if any(each.group.device in more for each in stuck) else ""
    return Finding(prop.code, _why(stuck, prop, groups) + tail, tuple(moves), cost, tuple(stuck), place)


def place_in(checker: Checker, groups: tuple[Group, ...], state: int, first: int = -1) -> Span | None:
    """A line of the user's in which somebody stands in a state: group `first`, who cannot move any more, or anybody."""
    checker.show(state)
    mark = checker.mark(state)
    order = sorted(range(len(groups)), key=lambda n: (n != first, bool(mark >> n & 1)))
    places = (place_of(checker, Stuck(groups[n], "")) for n in order if checker.run["there"](checker.buffer, n))
    return next((each for each in places if each is not None), None)


def _all_of_them(checker: Checker, state: int, goal: int) -> tuple[int, int, int]:
    """The groups, as bits, that are stuck once all who will be are: a story ends when there is nothing to add. What
    group `goal` is called there, where CPUs may be called otherwise; and the state in which that is so.

    Who cannot move any more in a state cannot in those behind it either, so it is enough to go on: only an item can,
    by more that arrives, so there the way ends.
    """
    best, queue, seen = checker.mark(state), [state], {state: goal}
    end = state
    for at in queue:
        if len(seen) > AHEAD:
            break
        for number, (_, to) in enumerate(checker.look_round(at)[1]):
            group = checker.alike.group_after(number, seen[at])
            if to not in seen and not checker.mark(to) >> group & 1:
                seen[to] = group
                queue.append(to)
                mark = checker.mark(to)
                if mark.bit_count() < best.bit_count():
                    best, end = mark, to
    checker.show(end)
    there = sum(1 << n for n in range(checker.n_groups) if checker.run["there"](checker.buffer, n))
    return 1 << seen[end] | (there & ~best), seen[end], end


_HOW = {
    "spins": "{name} spins on {on} for ever",
    "sleeps": "{name} sleeps on {on} and nobody can wake it",
    "woken": "{name} sleeps on {on} and no CPU can ever run it, even if it is woken",
    "ready": "{name} is ready and no CPU can ever run it",
    "beneath": "{name} lies beneath what never ends",
    "waits": "{name} never goes on",
    "unheard": "an item of {name} is never taken",
}


def _why(stuck: list[Stuck], prop: Property, groups: tuple[Group, ...]) -> str:
    """One sentence, but for what may happen next."""
    hows = ["woken" if each.wakes else each.how for each in stuck]
    parts = [sentence(_HOW[how], each.group.name, each.on or "a word") for how, each in zip(hows, stuck, strict=True)]
    level = _of_level(stuck, groups) if prop is properties.EXHAUSTED else ""
    return level + "; ".join(parts)


def _of_level(stuck: list[Stuck], groups: tuple[Group, ...]) -> str:
    """What the level of an interrupt thread that is stuck is left with: others of that level may not be. One that the
    scheduler runs is of no level.
    """
    name = stuck[0].group.name
    if stuck[0].group.ours:
        return f"{name} is there for nothing else any more: "
    level = name.partition(".")[0]
    others = {each.name for each in groups if each.brief and each.name.partition(".")[0] == level}
    left = others - {each.group.name for each in stuck}
    return f"{name} leaves its level {'with a thread less' if left else 'without a thread'}: "
