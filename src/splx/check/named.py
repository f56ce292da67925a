"""What a broken rule is about, by the scenario's own names: the lock that its assertion has looked at, or that its
function was called with; and of one that ended or returned without it, the locks that it has not given back, or what it
has not undone: a level that it raised, a count.

All of it is read off the moves of the story, performed once more. Where a lock says only which CPU has it, or how many
read, whoever changed that word is taken to have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

from splx.base.diagnostics import source_line
from splx.check.groups import sentence
from splx.check.happens import breaks
from splx.check.path import make_ready, perform
from splx.check.takings import Watched
from splx.check.watched import classes_of
from splx.machine.table import ROWS
from splx.stage.holders import Holders, is_over, named_lock, names_of
from splx.stage.ours import is_ours, users_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splx.base.diagnostics import Span
    from splx.check.groups import Group
    from splx.check.loading import Bounds
    from splx.scenario.system import System
    from splx.stage.holders import Lock
    from splx.story.language import Event


_By: TypeAlias = "tuple[int, Span | None]"  # the context that has written a word, and where in the user's text it was


@dataclass(frozen=True, slots=True)
class Named:
    """Sentences about a broken rule, and the line of the user's in which it is broken, or that is to blame for it."""

    about: tuple[str, ...]
    place: Span | None


def named(system: System, bounds: Bounds, groups: Sequence[Group], moves: Sequence[int], rule: int) -> Named:
    """What is known of the rule that the last of these moves breaks; `rule` is the machine's number for it."""
    stage = _Reading(system, groups)
    klass = classes_of(system, bounds)
    make_ready(stage, klass)
    for move in moves:
        perform(stage, move, klass, tso=bounds.tso, coupled=bounds.coupled)
    breaks(stage, rule)
    return stage.named()


class _Reading(Watched):
    """A stage that keeps what the assertions of each context have read, and the last line of the user's in each."""

    def __init__(self, system: System, groups: Sequence[Group]) -> None:
        holders = Holders(system)
        self.told = holders.told
        super().__init__(system, groups, [each.says for each in self.told], holders, silent=True)
        self.called = dict(zip(self.locks, names_of(self.names, self.told), strict=True))
        self.asked: dict[int, list[tuple[int, int]]] = {}  # context -> where its assertions read, and what
        self.last: dict[int, Span] = {}
        self.touched: dict[int, list[int]] = {}  # and the locks since it left the user's text: the words that say who
        self.places: dict[tuple[int, ...], Span | None] = {}
        self.firsts: dict[tuple[int, int], int] = {}  # context and function -> the first argument of the last call
        functions = system.image.functions
        self._first = {each.start: each.window for each in functions if each.window >= 0 and each.tree.params}
        self.written: dict[int, tuple[int, _By]] = {}  # word -> what it was before the last write, and whose that is
        self.risen: dict[int, list[tuple[int, _By]]] = {}  # word -> from what it rose, by whom, and is not back

    def step(self, cpu: int, wanted: Sequence[Event] = (), choice: int = -1) -> list[Event]:
        """See Stage."""
        context = self.context(cpu)
        pc, regs = self.pc(context), self.registers(context)
        insn = self.system.image.insns[pc]
        access = ROWS[insn.op].access
        address = self.observer.address(insn, cpu, regs) if access else 0
        if pc in self._first:
            self.firsts[context, pc] = regs[self._first[pc]]
        place = self._stands(pc, regs)
        own = place is not None and place == self.system.image.where(pc)[0][1]
        if own or (place is not None and place != self.last.get(context)):
            self.touched.pop(context, None)
            self.asked.pop(context, None)
        if place is not None and not _is_head(place):
            self.last[context] = place
        if insn.assertion and access == "load":
            self.asked.setdefault(context, []).append((pc, address))
        if address in self.holders.word:
            self.touched.setdefault(context, []).append(self.holders.word[address])
        if address and access != "load":
            self.written[address] = self.word(address), (context, place)
        events = super().step(cpu, wanted, choice)
        self._rise()
        return events

    def see_oldest(self, cpu: int) -> list[Event]:
        """See Stage."""
        events = super().see_oldest(cpu)
        self._rise()
        return events

    def _rise(self) -> None:
        """Note which words have risen, and which are back: what is written may be seen later."""
        for at, (before, by) in list(self.written.items()):
            now, risen = self.word(at), self.risen.setdefault(at, [])
            if now == before:
                continue
            if now > before:
                risen.append((before, by))
            while risen and risen[-1][0] >= now:
                risen.pop()
            del self.written[at]

    def _stands(self, pc: int, regs: Sequence[int]) -> Span | None:
        """Where in the user's text a context is."""
        calls = tuple(self.system.image.calls(pc, regs))
        if calls not in self.places:
            self.places[calls] = self._place(pc, regs)
        return self.places[calls]

    # ---- at the end

    def named(self) -> Named:
        """What is known."""
        beside, image = self.machine.beside, self.system.image
        context, pc = beside.find_ctx, beside.find_pc
        if not self.stopped or not pc:
            return Named((), None)
        calls = image.unwind(pc, self.registers(context))
        place = users_line(calls)
        about = [self._says(each) for each in self._meant(context, pc)]
        text = self._finding()
        if is_over(text, users=place is not None):
            who = self.of_context.get(context, self.system.contexts[context].name)
            left = list(self._left(who))
            about += [sentence("{name} has not given back {on}", who, self.called[at]) + _since(to) for at, to in left]
            undone = [] if left else self._raised(pc, context)
            about += [sentence("{name} has not undone {on}", who, each) for each in undone]
            place = place or next((span for _, span in left), self.last.get(context))
        return Named(tuple(about), place)

    def _meant(self, context: int, pc: int) -> list[Lock]:
        """The locks that the assertion which failed has read. Else the one that its function, or a caller of that, was
        called with; else the only one that was looked at since the user's text was left.
        """
        read = [self.holders.word.get(at, at) for at in self._read(context, pc)]
        found = [each for each in self.told if each.says in read] or list(self._called_with(context, pc))[:1]
        only = [each for each in self.told if each.says in self.touched.get(context, ())]
        return found or (only if len(only) == 1 else [])

    def _read(self, context: int, pc: int) -> set[int]:
        """What stands on the line of an assertion, and was read this time."""
        line, found = self._line(pc), dict[int, int]()
        for where, at in reversed(self.asked.get(context, [])):
            if where in found or self._line(where) != line:
                break
            found[where] = at
        return set(found.values())

    def _raised(self, pc: int, context: int) -> Iterator[str]:
        """The lines of the user's that have raised, in this context, what an assertion finds too high, level or count:
        what has run on top of it may have left a count of its thread raised, too.
        """
        line = self._line(pc)
        asked = (at for where, at in self.asked.get(context, []) if line in self._lines(where))
        raisers = [by for at in dict.fromkeys(asked) for _, by in self.risen.get(at, [])]
        for span in dict.fromkeys(span for whose, span in raisers if whose == context and span is not None):
            text = (source_line(span.file, span.line) or "").strip()
            yield f"`{text}` of {PurePath(span.file).name}:{span.line}"

    def _lines(self, pc: int) -> list[tuple[str, int]]:
        """The lines on which an instruction stands, through what was compiled into what."""
        return [(span.file, span.line) for _, span in self.system.image.where(pc)]

    def _called_with(self, context: int, pc: int) -> Iterator[Lock]:
        """The locks that are the first argument of the kernel's functions in which a context is, innermost first."""
        image = self.system.image
        for at in image.calls(pc, self.registers(context)):
            if not all(is_ours(span.file) for _, span in image.where(at)):
                return
            function = image.function_at(at)
            first = None if function is None else self.firsts.get((context, function.start))
            yield from (each for each in self.told if each.of == first)

    def _line(self, pc: int) -> tuple[str, int]:
        _, span = self.system.image.where(pc)[0]
        return span.file, span.line

    def _says(self, lock: Lock) -> str:
        """A lock, and who has it."""
        taken = self.held.get(lock.says)
        who, since = ("", "") if taken is None else (taken.who or "somebody", _since(taken.place))
        return named_lock(lock, self.called[lock.says], who, since)

    def _left(self, who: str) -> Iterator[tuple[int, Span]]:
        """The locks that one has taken in the user's text and not given back, and where."""
        mine = [(each.word, each.place) for each in self.held.values() if each.who == who]
        mine += [(at, span) for (at, reader), spans in self.reads.items() if reader == who for span in spans]
        yield from ((at, span) for at, span in mine if span is not None)


def _since(span: Span | None) -> str:
    return "" if span is None else f" since {PurePath(span.file).name}:{span.line}"


@cache
def _is_head(span: Span) -> bool:
    """Whether a place is the head of a function: there stands the return that nobody wrote."""
    return (source_line(span.file, span.line) or "").lstrip().startswith(("def ", "@"))
