"""Data races: two CPUs are about to access one word that is not marked atomic, and one of them writes it.

That is the whole definition, because every state is looked at: if neither access waits for the other in any way, there
is a state in which both can be the next. An operation that reads and writes in one instruction writes; two that are
locked come one after the other. A word that is meant to be used so says `atomic()`.
"""

from __future__ import annotations

from array import array
from pathlib import PurePath
from typing import TYPE_CHECKING

from splx.check.broken import EVERY_RULE, no_moves
from splx.check.changes import changes
from splx.check.finding import Finding
from splx.check.happens import comes_to
from splx.check.path import make_ready, perform
from splx.check.properties import RACES
from splx.check.search import Move
from splx.stage.ours import is_ours, users_line
from splx.stage.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.base.diagnostics import Span
    from splx.check.checker import Checker
    from splx.story.language import Event


def look_for_none(checker: Checker) -> None:
    """No word is of interest."""
    for name in ("plain", "tears", "taken"):
        words = checker.buffer.array(name)
        words[:] = array(words.format, [0]) * len(words)


def race_of(checker: Checker) -> Finding:
    """The finding of the cheapest race, once a search has come to one; its story ends with both accesses, that of a
    writer first.
    """
    s = checker.s
    no_moves(checker)
    state, known = s.fail_state, checker.moves_to(s.fail_state)
    cost, moves = checker.cheapest_or(known, 0, race=True)
    if moves is known:
        checker.look_round(state)
    checker.show(state if moves is known else checker.goal_state)
    stage = comes_to(checker, moves)
    cpus = sorted((s.fail_a, s.fail_b), key=lambda cpu: (not s.about[cpu] & 1, cpu))
    accesses = [_access(checker, cpu) for cpu in cpus]
    word = checker.eyes.names.place(s.fail_race, cpus[0])
    said = " while ".join(f"{who} {'writes' if writes else 'reads'} it ({where})" for who, writes, where, _ in accesses)
    last = [Move.STEP << 24 | cpu << 16 for cpu in cpus]
    perform(stage, last[0], checker.klass, tso=bool(s.tso), coupled=bool(s.coupled))
    if stage.stopped:  # the first access breaks a rule at once: the other one is next, and stays so
        last = last[:1]
    place = next((span for *_, span in accesses if not is_ours(span.file)), None)
    return Finding(RACES.code, f"a data race on {word}: {said}", (*moves, *last), cost, place=place, words=(word,))


def torn_finding(checker: Checker) -> Finding:
    """The finding of a change that somebody of the same CPU came in between. Its story ends with the write that is
    lost, or, of one who has taken a word, with the write that makes it so.
    """
    s = checker.s
    s.passes, s.beneath_asked = EVERY_RULE, 0
    found = checker.moves_to(s.fail_state, s.fail_move)
    cost, moves = checker.cheapest_or(found, 0)
    if s.raised:  # somebody uses a word that was thought to be another's: the search begins anew, and nobody tells this
        return Finding(RACES.code, "", tuple(moves), cost)
    checker.show(s.fail_state)
    word = checker.eyes.names.place(s.fail_a, s.fail_move >> 16 & 0xFF)
    tell = _taken if s.fail_b == s.fail_ctx else _torn_apart
    why, place = tell(checker, moves)
    return Finding(RACES.code, f"a data race on {word}: {why}", tuple(moves), cost, place=place, words=(word,))


def _torn_apart(checker: Checker, _: list[int]) -> tuple[str, Span]:
    """Who came in between the read and the write of whom; and where that one writes."""
    s, image = checker.s, checker.system.image
    changes = image.insns[s.between[s.machine.state.pc[s.fail_b]]].span
    one, other = (_who(checker, each) for each in (s.fail_ctx, s.fail_b))
    writes = f"{one} writes it ({_line(_users(checker, s.fail_pc))})"
    return f"{writes} between the read and the write of {other} ({_line(changes)})", changes


def _taken(checker: Checker, moves: list[int]) -> tuple[str, Span]:
    """Who goes on with something else than what was there, and who put that there; and where it was overwritten."""
    s, place = checker.s, _users(checker, checker.s.fail_pc)
    name, read = _who(checker, s.fail_ctx), changes(checker.system.image, checker.klass).read[s.fail_pc]
    between = Between(checker, s.fail_a, s.fail_ctx, read)
    between.make(moves)
    if s.added[s.fail_pc] == 0:
        who = f"{between.name} has written it in between" if between.name else "it has been written in between"
        return f"{name} overwrites it ({_line(place)}) and goes on with what it had read before; {who}", place
    if between.cpu != s.fail_move >> 16 & 0xFF:
        return f"{name} adds to that of another CPU, and writes the sum here ({_line(place)})", place
    who = f"{between.name} writes it{between.where}" if between.name else "it is written"
    return f"{who} between the read and the write of {name} ({_line(place)})", place


class Between(Stage):
    """A story is made again, to see where a context has read a word, and who has written that since."""

    def __init__(self, checker: Checker, word: int, context: int, read: int) -> None:
        super().__init__(checker.system, silent=True)
        self.name, self.where, self.cpu = "", "", -1
        self._checker, self._looked, self._reader, self._read = checker, word, context, read

    def make(self, moves: list[int]) -> None:
        """All but the last move."""
        klass, s = self._checker.klass, self._checker.s
        make_ready(self, klass)
        for move in moves[:-1]:
            perform(self, move, klass, tso=bool(s.tso), coupled=bool(s.coupled))

    def step(self, cpu: int, wanted: Sequence[Event] = (), choice: int = -1) -> list[Event]:
        """See Stage."""
        context, before = self.context(cpu), self._seen(cpu)
        pc, regs = self.pc(context), list(self.registers(context))
        events = super().step(cpu, wanted, choice)
        if context == self._reader and pc == self._read:
            self.name, self.where, self.cpu = "", "", cpu
        elif context != self._reader and self._seen(cpu) != before:
            self.name = _name(self._checker, context, pc, regs)
            place = users_line(self.system.image.unwind(pc, regs))
            self.where = "" if place is None else f" ({_line(place)})"
        return events

    def _seen(self, cpu: int) -> int:
        """What the word is: to the CPU of the reader also what it has stored and nobody else sees yet."""
        mine = [value for at, value in self.kept()[cpu] if at == self._looked] if cpu == self.cpu else []
        return mine[-1] if mine else self.word(self._looked)


def _users(checker: Checker, pc: int) -> Span:
    """The line of the user's that an instruction is of, else its own."""
    spans = [span for _, span in checker.system.image.where(pc)]
    return next((span for span in spans if not is_ours(span.file)), spans[0])


def _who(checker: Checker, context: int) -> str:
    """Who a context of the machine at hand is."""
    return _name(checker, context, checker.s.machine.state.pc[context], checker.registers(context))


def _name(checker: Checker, context: int, pc: int, registers: Sequence[int]) -> str:
    """A thread of the user's by its name; who serves interrupts by the function of the user's that it is in."""
    name, s = checker.system.contexts[context].name, checker.s
    if not s.brief >> s.group[context] & 1:
        return name
    calls = [each for each, span in checker.system.image.unwind(pc, registers) if not is_ours(span.file)]
    return calls[-1] if calls else name


def _access(checker: Checker, cpu: int) -> tuple[str, bool, str, Span]:
    """Who is about to access, whether it writes, and where."""
    state = checker.s.machine.state
    context = state.cur[cpu]
    calls = [span for _, span in checker.system.image.unwind(state.pc[context], checker.registers(context))]
    span = next((each for each in calls if not is_ours(each.file)), calls[0])
    where = f"{_line(calls[0])}, from {_line(span)}" if span is not calls[0] else _line(span)
    return _who(checker, context), bool(checker.s.about[cpu] & 1), where, span


def _line(span: Span) -> str:
    return f"{PurePath(span.file).name}:{span.line}"
