"""Who took which locks in a story, where in the user's text, and with what held."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splx.check.path import make_ready, perform
from splx.check.watched import classes_of
from splx.kernel.interface.lwp import LSSLEEP, Lwp
from splx.kernel.interface.rw import RWLock
from splx.lang.struct import struct_of
from splx.stage.holders import Holder, Holders, readers_of, reading, writing
from splx.stage.ours import users_line
from splx.stage.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.base.diagnostics import Span
    from splx.check.groups import Group
    from splx.check.loading import Bounds
    from splx.scenario.system import System
    from splx.story.language import Event


@dataclass(frozen=True, slots=True)
class Taking:
    """`who` took the lock of a word; `held` are those that somebody had then, by word, `reading` who read under what.
    Of one that many read under `held` has what the taker has, if it is one of them.
    """

    word: int
    who: str
    place: Span | None
    held: dict[int, Taking] = field(default_factory=dict, compare=False)
    reading: frozenset[tuple[int, str]] = frozenset()


def takings(
    system: System, bounds: Bounds, groups: Sequence[Group], moves: Sequence[int], words: Sequence[int]
) -> list[Taking]:
    """All that happen in these moves, of the locks of which these words say who holds them."""
    stage = Watched(system, groups, words, silent=True)
    klass = classes_of(system, bounds)
    make_ready(stage, klass)
    for move in moves:
        perform(stage, move, klass, tso=bounds.tso, coupled=bounds.coupled)
    return stage.found


class Watched(Stage):
    """A stage that looks at the words of locks whenever a CPU has moved."""

    def __init__(
        self, system: System, groups: Sequence[Group], words: Sequence[int], holders: Holders | None = None,
        *, silent: bool = False,
    ) -> None:  # fmt: skip
        """`words` say who holds the locks that are looked at; `holders` are those of the system, if they are known."""
        super().__init__(system, silent=silent)
        self.locks = words
        self.holders = holders or Holders(system)
        self.of_context = {context: each.name for each in groups for context in each.contexts}
        self.of_thread = {each.lwp: each for each in groups if each.lwp}
        self.found: list[Taking] = []
        self.held: dict[int, Taking] = {}
        self.reads: dict[tuple[int, str], list[Span | None]] = {}  # who has come in to read, and where
        many = [each for each in self.holders.locks.values() if each.says in words and issubclass(each.cls, RWLock)]
        counts = {each.says: readers_of(system, each) for each in many}
        self._many = {at: (says, how) for says, (how, at) in counts.items()}  # by the word that says how many read
        self._lock = {each.says: each.of for each in many}
        self._offset = system.image.data.words.offsets(struct_of(Lwp))
        self._looked = list(dict.fromkeys((*words, *self._many)))

    def step(self, cpu: int, wanted: Sequence[Event] = (), choice: int = -1) -> list[Event]:
        """See Stage. A word that only the CPU sees changed is looked at when others see it, too."""
        context = self.context(cpu)
        pc, regs = self.pc(context), list(self.registers(context))
        before = [self.word(each) for each in self._looked]
        events = super().step(cpu, wanted, choice)
        for at, was in zip(self._looked, before, strict=True):
            if self.word(at) != was:
                self._changed(at, was, context, self._place(pc, regs))
        return events

    def see_oldest(self, cpu: int) -> list[Event]:
        """See Stage."""
        before = [self.word(each) for each in self._looked]
        events = super().see_oldest(cpu)
        context = self.context(cpu)
        for at, was in zip(self._looked, before, strict=True):
            if self.word(at) != was:
                self._changed(at, was, context, self._place(self.pc(context), self.registers(context)))
        return events

    def _changed(self, at: int, was: int, context: int, place: Span | None) -> None:
        if at in self._many:
            self._counted(at, was, self.of_context.get(context, ""), place)
        if at not in self.locks:
            return
        holder = self.holders.read(self.words(), at)
        if holder is None:
            self.held.pop(at, None)
        elif holder != self._before(at, was):
            who = self.of_context.get(context, "")
            thread = self.of_thread.get(holder.thread)
            if thread is not None and thread.name != who:  # it was handed on
                who, place = thread.name, self._where(thread)
            self.held[at] = self._taken(at, who, place)

    def _counted(self, at: int, was: int, who: str, place: Span | None) -> None:
        """Readers come and go by the count in the word; not those to whom a writer hands the lock."""
        says, how = self._many[at]
        more = reading(how, self.word(at)) - reading(how, was)
        inside = self.reads.setdefault((says, who), [])
        if more == 1 and not writing(how, was) and not self._is_awaited(self._lock[says]):
            self._taken(says, who, place)
            inside.append(place)
        elif more < 0 and inside:
            inside.pop()

    def _is_awaited(self, lock: int) -> bool:
        """Whether a thread sleeps on a lock, so that a reader who comes in is that one, to whom it was handed."""
        status, channel = self._offset["l_stat"], self._offset["l_wchan"]
        return any(self.word(at + status) == LSSLEEP and self.word(at + channel) == lock for at in self.of_thread)

    def _taken(self, at: int, who: str, place: Span | None) -> Taking:
        inside = {key: spans[-1] for key, spans in self.reads.items() if spans}
        first = sorted(inside, key=lambda each: each[1] == who)  # what the taker has goes over what others have
        read = {word: Taking(word, reader, inside[word, reader]) for word, reader in first}
        self.found.append(Taking(at, who, place, read | self.held, frozenset(inside)))
        return self.found[-1]

    def _before(self, at: int, was: int) -> Holder | None:
        return self.holders.read({at: was}, at)  # type: ignore[arg-type]

    def _where(self, group: Group) -> Span | None:
        places = (self._place(self.pc(each), self.registers(each)) for each in group.contexts if self.pc(each))
        return next((each for each in places if each is not None), None)

    def _place(self, pc: int, regs: Sequence[int]) -> Span | None:
        """Where in the user's own text that is."""
        return users_line(self.system.image.unwind(pc, regs))
