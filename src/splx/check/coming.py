"""What is to come: the judge of `@eventually`.

It is broken by a run from the first state on in which it never comes to be so: one that goes on for ever and is fair,
see `runs`, or one that comes to rest, where nothing can happen but arrivals that need not come.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from splx.check import properties
from splx.check.broken import words_read
from splx.check.cheapest import AIM
from splx.check.finding import Suspect
from splx.check.loading import judges
from splx.check.runs import Runs, Way
from splx.check.search import Move
from splx.scenario.properties import Says
from splx.stage.ours import is_ours

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from splx.check.checker import Checker
    from splx.check.finding import Finding
    from splx.check.groups import Group
    from splx.check.properties import Property


def judge(checker: Checker, groups: tuple[Group, ...], wanted: Collection[Property]) -> Iterator[Suspect]:
    """Whether everything comes that is to come; the graph is there."""
    said = [number for number, (each, _) in enumerate(judges(checker.system)) if each.says is Says.EVENTUALLY]
    if properties.EVENTUALLY not in wanted or not said:
        return
    runs = Runs(checker, groups)
    firsts = {number: states[0] for number in said if (states := runs.without(number))}
    if firsts:
        number = min(firsts, key=lambda each: firsts[each])
        yield Suspect(properties.EVENTUALLY, (firsts[number], AIM), partial(_tell, runs, number))


def _tell(runs: Runs, number: int) -> Finding:
    """A way to the nearest state from which it need never come, and what happens then."""
    each, cpu = judges(runs.checker.system)[number]
    state = runs.without(number)[0]
    edges = runs.rounds.way(state, 0)
    moves = [runs.checker.edges("edge_move")[e] for e in edges]
    rests = runs.rests(state)
    made = None if rests else runs.rounds.of(state)
    way = Way(
        _cost(moves), runs.checker.unfused(moves), state, made.edges if made else (), made.shortest if made else False
    )
    on = f" on CPU {cpu}" if each.per_cpu and runs.checker.system.cpus > 1 else ""
    then = "everything comes to rest" if rests else "this goes on for ever"
    where = f"{PurePath(each.span.file).name}:{each.span.line}"
    why = f"`{each.name}` is to be true eventually, and is not{on} when {then} ({where})"
    found = runs.finding(properties.EVENTUALLY, why, way, runs.stand(way))
    runs.checker.run["truth_in"](runs.checker.buffer, state, number)
    _, words = words_read(runs.checker, cpu)
    return replace(found, place=None if is_ours(each.span.file) else each.span, words=words)


def _cost(moves: Sequence[int]) -> int:
    """CPU switches and arrivals."""
    cost, last = 0, -1
    for move in moves:
        kind, who = Move(move >> 24), move >> 16 & 0xFF
        if kind in (Move.STEP, Move.ACCEPT, Move.OVERTAKE):
            cost, last = cost + int(last not in (-1, who)), who
        else:
            cost += int(kind is Move.ARRIVE or last != who)
    return cost
