"""Data races: two CPUs are about to access one word that is not marked atomic, and one of them writes it.

That is the whole definition, because every state is looked at: if neither access waits for the other in any way, there
is a state in which both can be the next. A word that is meant to be used so says `atomic()`.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from splx.check.broken import EVERY_RULE
from splx.check.finding import Finding
from splx.check.ours import is_ours
from splx.check.properties import RACES
from splx.check.search import Move
from splx.scenario.names import SystemNames

if TYPE_CHECKING:
    from splx.base.diagnostics import Span
    from splx.check.checker import Checker


def look_for_none(checker: Checker) -> None:
    """No word is of interest."""
    plain = checker.buffer.array("plain")
    plain[:] = bytes(len(plain))
    tears = checker.buffer.array("tears")
    tears[:] = bytes(len(tears))


def race_of(checker: Checker) -> Finding:
    """The finding of the race that a search has come to; its story ends with both accesses, that of a writer first."""
    s, address = checker.s, checker.s.fail_race
    s.passes, s.tears_asked = EVERY_RULE, 0
    state, known = s.fail_state, checker.moves_to(s.fail_state)
    cost, moves = checker.cheapest_or(known, 0, race=address)
    if moves is known:
        checker.look_round(state)
    checker.show(state if moves is known else checker.goal_state)
    cpus = sorted((s.fail_a, s.fail_b), key=lambda cpu: (not s.about[cpu] & 1, cpu))
    accesses = [_access(checker, cpu) for cpu in cpus]
    word = SystemNames(checker.system).place(address, cpus[0])
    said = " while ".join(f"{who} {'writes' if writes else 'reads'} it ({where})" for who, writes, where, _ in accesses)
    last = [Move.STEP << 24 | cpu << 16 for cpu in cpus]
    place = next((span for *_, span in accesses if not is_ours(span.file)), None)
    return Finding(RACES.code, f"a data race on {word}: {said}", (*moves, *last), cost, place=place, words=(word,))


def torn_finding(checker: Checker) -> Finding:
    """The finding of an addition that somebody of the same CPU came in between; its story ends with that write."""
    s = checker.s
    s.passes, s.beneath_asked = EVERY_RULE, 0
    found = checker.moves_to(s.fail_state, s.fail_move)
    cost, moves = checker.cheapest_or(found, 0)
    checker.show(s.fail_state)
    image, state, other = checker.system.image, s.machine.state, s.fail_b
    cpu = s.fail_move >> 16 & 0xFF
    word = SystemNames(checker.system).place(s.fail_a, cpu)
    spans = [span for _, span in image.where(s.fail_pc)]
    writer = next((span for span in spans if not is_ours(span.file)), spans[0])
    adds = image.insns[s.between[state.pc[other]]].span
    names = [checker.system.contexts[each].name for each in (s.fail_ctx, other)]
    why = f"{names[0]} writes it ({_line(writer)}) between the read and the write of {names[1]} ({_line(adds)})"
    return Finding(RACES.code, f"a data race on {word}: {why}", tuple(moves), cost, place=adds, words=(word,))


def _access(checker: Checker, cpu: int) -> tuple[str, bool, str, Span]:
    """Who is about to access, whether it writes, and where."""
    state = checker.s.machine.state
    context = state.cur[cpu]
    calls = [span for _, span in checker.system.image.unwind(state.pc[context], checker.registers(context))]
    span = next((each for each in calls if not is_ours(each.file)), calls[0])
    where = f"{_line(calls[0])}, from {_line(span)}" if span is not calls[0] else _line(span)
    return checker.system.contexts[context].name, bool(checker.s.about[cpu] & 1), where, span


def _line(span: Span) -> str:
    return f"{PurePath(span.file).name}:{span.line}"
