"""A property that is not what it is to be: the finding, with the cheapest way to a state where it shows."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from splx.check.finding import Finding
from splx.check.happens import comes_to
from splx.check.loading import judges
from splx.check.properties import INVARIANTS, SAID
from splx.check.search import READS, Truth
from splx.machine.constants import Finding as Rule
from splx.scenario.properties import Says
from splx.stage.ours import is_ours, users_line

if TYPE_CHECKING:
    from collections.abc import Collection

    from splx.check.checker import Checker
    from splx.check.properties import Property as Looked
    from splx.scenario.system import Property

EVERY_RULE = (1 << 62) - 1  # of the machine's findings, as bits
NOBODY = -2  # no CPU: words of every CPU are called by its number
_SAID = {
    Says.ALWAYS: "`{name}` is to be true always, and is false",
    Says.NEVER: "`{name}` is never to be true, and is",
    Says.INVARIANT: "the invariant `{name}` does not hold",
}


def no_moves(checker: Checker) -> None:
    """Of what shows in a move is not told: it is something else whose cheapest way is looked for."""
    checker.s.passes, checker.s.beneath_asked, checker.s.tears_asked = EVERY_RULE, 0, 0


def judge_only(checker: Checker, wanted: Collection[Looked]) -> None:
    """Judge what is wanted, and nothing else."""
    for number, (each, _) in enumerate(judges(checker.system)):
        if _prop(each) not in wanted:
            checker.s.judge_bad[number] = 0


def _prop(each: Property) -> Looked:
    return INVARIANTS if each.says is Says.INVARIANT else SAID


def noted_property(checker: Checker) -> Finding | None:
    """The finding of the first invariant that a search has noted to be broken, if one is."""
    s = checker.s
    if s.noted_judge < 0:
        return None
    s.judge_bad[s.noted_judge] = Truth.FALSE
    return broken_property(checker, s.noted_judge, s.noted_state)


def broken_property(checker: Checker, number: int, state: int) -> Finding:
    """The finding of a property that a search has found not to be what it is to be in a state."""
    no_moves(checker)
    moves = checker.moves_to(state)
    cost, way = checker.cheapest_or(moves, 0, judge=number)
    if way is not moves:
        state, moves = checker.goal_state, way
    checker.show(state)
    comes_to(checker, moves)
    each, cpu = judges(checker.system)[number]
    said = _SAID[each.says].format(name=each.name)
    if checker.run["truth_in"](checker.buffer, state, number) == Truth.BROKEN:
        said = f"`{each.name}` cannot be judged: {_rule(checker)}"
    if each.per_cpu and checker.system.cpus > 1:
        said += f" on CPU {cpu}"
    values, words = words_read(checker, cpu)
    place = None if is_ours(each.span.file) else each.span
    where = f"{PurePath(each.span.file).name}:{each.span.line}"
    return Finding(_prop(each).code, f"{said}{values} ({where})", tuple(moves), cost, place=place, words=words)


def _rule(checker: Checker) -> str:
    rule = Rule(checker.s.fail_finding)
    return "it does not end" if rule is Rule.NONE else rule.name.lower().replace("_", " ")


def cut_at(checker: Checker) -> str:
    """Where the first move broke a rule that leads nowhere, as nobody looked for broken rules; empty if none did."""
    if not checker.s.cut_at:
        return ""
    calls = list(checker.system.image.where(checker.s.cut_at - 1)) if checker.s.cut_at > 1 else []
    if not calls:
        return "in a move without an end"
    span = users_line(calls) or calls[0][1]
    return f"in {calls[0][0]} ({PurePath(span.file).name}:{span.line})"


def words_read(checker: Checker, cpu: int) -> tuple[str, tuple[str, ...]]:
    """The words that it read, with what they hold; and only the words, with the CPU of which they are."""
    s, names = checker.s, checker.eyes.names
    at = dict.fromkeys(s.read_at[k] for k in range(s.n_read))
    values = [f"{names.place(each, cpu)} is {names.content(each, s.machine.state.mem[each]).text}" for each in at]
    more = ", and so on" if s.n_read == READS else ""
    text = f": {', '.join(values)}{more}" if values else ""
    return text, tuple(names.place(each, NOBODY) for each in at)
