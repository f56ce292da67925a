"""The way on from where somebody is stuck to where it is seen why: whoever is in between is not the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from splx.check.groups import Stuck
from splx.check.search import Move
from splx.kernel.interface.lwp import LSRUN
from splx.stage.ours import users_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.base.diagnostics import Span
    from splx.check.checker import Checker
    from splx.check.groups import Group

BEGINS = 2_000  # states to look ahead for somebody who begins
FEW = 100  # of these are looked at for one that is come to again and again
Way: TypeAlias = "tuple[int, list[int]]"  # its cost, and its moves
Spun: TypeAlias = frozenset[tuple[str, str]]  # who spins, and on what


def stuck_at(checker: Checker, groups: tuple[Group, ...], end: int, first: str) -> list[Stuck]:
    """Who is stuck in a state, which becomes the machine at hand, and how; the one of that name first."""
    checker.show(end)
    mark, wakes = checker.mark(end), checker.wakes(end)
    found: list[Stuck] = []
    for number, group in enumerate(groups):
        each = None if mark >> number & 1 else checker.eyes.stuck(group, checker.s.machine.state)
        if each is not None:
            found.append(replace(each, wakes=each.how == "sleeps" and bool(wakes >> number & 1)))
    return sorted(found, key=lambda each: each.group.name != first)


def place_of(checker: Checker, stuck: Stuck) -> Span | None:
    """Where in the user's own text it stands."""
    state = checker.s.machine.state
    for context in (stuck.context, *stuck.group.contexts):
        if context >= 0 and state.pc[context]:
            place = users_line(checker.system.image.unwind(state.pc[context], checker.registers(context)))
            if place is not None:
                return place
    return None


def until_somebody_runs(checker: Checker, groups: tuple[Group, ...], end: int, found: Way) -> tuple[Way, int]:
    """The way on to where who is ready lies behind somebody who is told by name: a thread in the user's text, or one
    that is stuck itself. Who waits behind others does so before they have begun, while a CPU is about to choose, and
    the one that runs there for a while is not the reason: a state that is come to again and again is taken, if there is
    one. The CPUs that they are ready on go on alone, if that is enough.
    """
    stuck = stuck_at(checker, groups, end, "")
    behind = [each.group for each in stuck if _cpu_of(checker, each.group) >= 0]
    if not behind or checker.s.n_turns:
        return found, end
    cpus = {_cpu_of(checker, each) for each in behind}
    there, goal = [each.group for each in stuck], end
    moves: list[int] = []
    for allowed in (cpus, set(range(checker.system.cpus))):
        came, after = _what_follows(checker, end, allowed)
        names = [each for each in came if _all_behind_somebody(checker, groups, each, behind, there)]
        last = [each for each in names[:FEW] if len(came) > BEGINS or _comes_back(each, after)]
        if names:
            goal = last[0] if last else names[0]
            moves = _led(came, goal)
        if last:
            break
    way = [*found[1], *checker.unfused(moves, end)]
    return (checker.cost_of(way), way), goal


def until_it_returns(checker: Checker, groups: tuple[Group, ...], end: int, found: Way) -> tuple[Way, int]:
    """The way on to where nobody who is stuck lies beneath others, if what their CPUs do comes to that: what lies on
    top of them returns then, and is not the reason.
    """
    under = [each for each in stuck_at(checker, groups, end, "") if each.how == "beneath"]
    if not under or checker.s.n_turns:
        return found, end
    state = checker.s.machine.state
    cpus = {cpu for cpu in range(checker.system.cpus) if _carries(checker, under, state.cur[cpu])}
    came, _ = _what_follows(checker, end, cpus)
    for at in came:
        if all(each.how != "beneath" for each in stuck_at(checker, groups, at, "")):
            way = [*found[1], *checker.unfused(_led(came, at), end)]
            return (checker.cost_of(way), way), at
    return found, end


def until_it_stays(checker: Checker, groups: tuple[Group, ...], end: int, found: Way) -> tuple[Way, int]:
    """The way on to where everybody who spins looks at the word that he looks at for ever: who goes from one
    `spin_while` straight into another has done nothing, and is stuck in the first if he will be in the second.
    """
    if checker.s.n_turns or all(each.how != "spins" for each in stuck_at(checker, groups, end, "")):
        return found, end
    came, after = _what_follows(checker, end, None)
    words = {at: _spun_on(checker, groups, at) for at in came}
    ahead = _ahead(words, after)
    at = next((each for each in after if words[each] and words[each] == ahead[each]), end)
    if not _is_left(ahead[end]):
        return found, end
    way = [*found[1], *checker.unfused(_led(came, at), end)]
    return (checker.cost_of(way), way), at


def _spun_on(checker: Checker, groups: tuple[Group, ...], at: int) -> Spun:
    """Who is stuck in a state and spins, and on what."""
    return Spun((each.group.name, each.on) for each in stuck_at(checker, groups, at, "") if each.how == "spins")


def _is_left(words: Spun) -> bool:
    """Whether somebody is among them with two words."""
    return len({name for name, _ in words}) < len(words)


def _ahead(words: dict[int, Spun], after: dict[int, list[int]]) -> dict[int, Spun]:
    """Of every state what is spun on there and in all that follow."""
    ahead = dict(words)
    grows = True
    while grows:
        grows = False
        for at in reversed(after):
            more = Spun().union(*(ahead[to] for to in after[at]))
            grows |= not more <= ahead[at]
            ahead[at] |= more
    return ahead


def _carries(checker: Checker, under: Sequence[Stuck], context: int) -> bool:
    """Whether one of these lies beneath a context that runs."""
    state = checker.s.machine.state
    while context >= 0 and state.below[context] >= 0:
        context = state.below[context]
        if any(context in each.group.contexts for each in under):
            return True
    return False


def _led(came: dict[int, tuple[int, int]], to: int) -> list[int]:
    """The moves to a state from the one with which `came` begins."""
    moves: list[int] = []
    while came[to][0] >= 0:
        to, move = came[to]
        moves.insert(0, move)
    return moves


def _what_follows(
    checker: Checker, state: int, cpus: set[int] | None
) -> tuple[dict[int, tuple[int, int]], dict[int, list[int]]]:
    """Somewhat more than BEGINS states that follow by what some CPUs do, or by any move, nearest first, if there are so
    many: each with the one before it and the move; and those behind each.
    """
    came, after = {state: (-1, -1)}, dict[int, list[int]]()
    for at in (queue := [state]):
        if len(came) > BEGINS:
            break
        round_ = [(move, to) for move, to in checker.look_round(at)[1] if _is_of(move, cpus)]
        after[at] = [to for _, to in round_]
        for move, to in round_:
            if to not in came:
                came[to] = at, move
                queue.append(to)
    return came, after


def _is_of(move: int, cpus: set[int] | None) -> bool:
    return cpus is None or (move >> 24 != Move.ARRIVE and move >> 16 & 0xFF in cpus)


def _cpu_of(checker: Checker, group: Group) -> int:
    """The CPU that a group is behind others on: that a thread is ready for, or that does not hear of an item though its
    line is open. -1: none. Of the machine at hand.
    """
    state = checker.s.machine.state
    if group.device >= 0:
        irq = checker.system.devices[group.device].irq
        return -1 if state.masked[irq] else int(state.route[irq])
    ready = group.lwp and state.mem[group.lwp + checker.eyes.status_offset] == LSRUN
    return int(state.mem[group.lwp + checker.eyes.offset("l_cpu")]) if ready else -1


def _all_behind_somebody(
    checker: Checker, groups: tuple[Group, ...], at: int, behind: list[Group], there: list[Group]
) -> bool:
    """Whether, in a state, those who run on the CPUs that others are behind on are told: a thread in the user's text,
    one that is stuck itself, or, where it is an interrupt that is not heard, anybody but an interrupt.
    """
    checker.show(at)
    state = checker.s.machine.state
    for each in behind:
        cpu = _cpu_of(checker, each)
        context = state.cur[cpu] if cpu >= 0 else -1
        runs = next((other for other in groups if context in other.contexts), None)
        heard = each.device >= 0 and (runs is None or not runs.brief)
        if not heard and (runs is each or not (runs in there or _is_told(checker, runs, context))):
            return False
    return True


def _is_told(checker: Checker, group: Group | None, context: int) -> bool:
    """Whether somebody who runs is a thread of the user's, in the user's text."""
    if group is None or not group.lwp or group.ours or group.brief:
        return False
    return place_of(checker, Stuck(group, "", "", context)) is not None


def _comes_back(state: int, after: dict[int, list[int]]) -> bool:
    """Whether from everything that a state leads to there is a way back to it."""
    before: dict[int, list[int]] = {}
    for at, next_ in after.items():
        for to in next_:
            before.setdefault(to, []).append(at)
    return _reached(state, after) <= _reached(state, before)


def _reached(state: int, along: dict[int, list[int]]) -> set[int]:
    seen, queue = {state}, [state]
    for at in queue:
        new = [to for to in along.get(at, ()) if to not in seen]
        seen.update(new)
        queue += dict.fromkeys(new)
    return seen
