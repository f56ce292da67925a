"""Lines that are masked for ever: the judge of what is lost although nothing waits yet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from splx.check import properties
from splx.check.cheapest import AIM
from splx.check.fair import REACHED
from splx.check.finding import Finding, Suspect
from splx.check.happens import comes_to
from splx.check.search import How

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from splx.check.checker import Checker
    from splx.check.groups import Group
    from splx.check.properties import Property

LAST = 1 << 60  # such a finding is told when there is no other: who is stuck explains more


def judge(checker: Checker, groups: tuple[Group, ...], wanted: Collection[Property]) -> Iterator[Suspect]:
    """Lines that can never come to be open again, though they have been; the graph is there."""
    if properties.MASKED not in wanted:
        return
    checker.table("flag", checker.s.n_states)
    found = {}
    for number, device in enumerate(checker.system.devices):
        closed = _closed(checker, number) if device.irq >= 0 else -1
        if closed >= 0:
            found[number] = closed
    if found:
        number = min(found, key=lambda each: found[each])
        yield Suspect(
            properties.MASKED, (LAST + found[number], 0), partial(_tell, checker, number), state=found[number]
        )


def _closed(checker: Checker, device: int) -> int:
    """The first state from which the line of a device never comes to be open again; -1 none, or it never is."""
    if not checker.run["lines"](checker.buffer, device):
        return -1
    flag = checker.table("flag")
    return next((state for state in range(checker.s.n_states) if not flag[state] & REACHED), -1)


def _tell(checker: Checker, device: int) -> Finding:
    """The cheapest way to such a state."""
    closed = _closed(checker, device)
    flag, mark = checker.table("flag"), checker.table("mark")
    for state in range(checker.s.n_states):
        if not flag[state] & REACHED:
            mark[state] |= 1 << AIM
    known = checker.moves_to(closed)
    cost, moves = checker.cheapest_or(known, 1, how=How.AIM)
    irq = checker.system.devices[device].irq
    checker.show(closed if moves is known else checker.goal_state)
    comes_to(checker, moves)
    how = "masked" if checker.s.machine.state.masked[irq] else "in service, its interrupt never ended"
    why = f"the line of {checker.system.devices[device].name} stays {how}, whatever happens next"
    return Finding(properties.MASKED.code, why, tuple(moves), cost)
