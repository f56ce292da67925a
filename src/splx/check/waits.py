"""Who waits for whom where a story ends: for a lock that somebody holds, for a CPU that somebody runs on, for the end
of what lies on top of oneself.

The moves of the story are performed on a stage, and everything is read off the machine at their end: of a lock its
holder, if its struct says who that is; of any other word who wrote it last. Nothing here knows a kind of lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from splx.check.groups import Eyes, Group, Stuck, groups_of, sentence
from splx.check.path import make_ready, perform
from splx.check.search import Move
from splx.check.takings import Watched
from splx.check.watched import classes_of
from splx.kernel.interface.lwp import LSSLEEP, SOBJ_SHARED
from splx.kernel.interface.rw import READERS, RW_CLOSED, RW_WRITING, RWLock
from splx.machine.constants import IN_USE
from splx.machine.lines import elsewhere
from splx.machine.table import ROWS
from splx.stage.holders import Holder, Holders
from splx.stage.ours import users_line
from splx.stage.stage import Stage
from splx.story.language import Spins, Visible, Write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splx.base.diagnostics import Span
    from splx.check.loading import Bounds
    from splx.scenario.system import System
    from splx.story.language import Event

EVERY_CPU = -2  # no CPU: words of every CPU are called by its number
_WRITTEN = "last written by"
_READER_Q = "ts_queue[0]"  # of a turnstile: those who wait to read
LOOKS = 1000  # instructions until a context that only looks again must have done so


@dataclass(frozen=True, slots=True)
class Wait:
    """`who` waits, `how`, `on` what; and, if that is known, for whom: who holds it, wrote it last, runs there, ..."""

    who: str
    how: str  # "spins", "sleeps", "ready", "beneath", "unheard", "waits", "loops", "takes"
    on: str = ""
    whom: str = ""
    bond: str = ""  # how the two hang together: "held by", "last written by", "on top", "behind", ...
    place: Span | None = None

    def __str__(self) -> str:
        return sentence("{name} " + _SAYS[self.how], self.who, self.on or "something") + self._for_whom

    @property
    def is_of_its_own(self) -> bool:
        """Whether it waits for another value of a word that it wrote itself: somebody else is to write it."""
        return self.who == self.whom and self.bond == _WRITTEN

    @property
    def _for_whom(self) -> str:
        if not self.whom:
            return ""
        return f" {self.whom}" if self.bond == "on top" else f", {self.bond} {self.whom}"


_SAYS = {
    "spins": "spins on {on}",
    "sleeps": "sleeps on {on}",
    "ready": "is ready on {on}",
    "beneath": "lies beneath",
    "unheard": "has an item that waits, and {on}",
    "waits": "does not go on",
    "loops": "loops in {on}",
    "takes": "takes {on}",
}


@dataclass(frozen=True, slots=True)
class Graph:
    """Everybody who waits, and the circle among them: names, each waiting for the next, the last for the first. `held`
    are the words of the locks that somebody holds.
    """

    waits: tuple[Wait, ...] = ()
    circle: tuple[str, ...] = ()
    held: tuple[str, ...] = ()

    @property
    def written(self) -> tuple[str, ...]:
        """The words of which it is said who wrote them last."""
        return tuple(each.on for each in self.waits if each.bond == _WRITTEN)


def graph_of(
    system: System, bounds: Bounds, moves: Sequence[int], stuck: Sequence[Stuck], *, again: bool = False
) -> Graph:
    """The graph at the end of `moves`: what each of those waits for who are stuck. Others can go on, or have ended.
    `again`: a round begins there, and of what changes in it nothing is said.
    """
    if not stuck:
        return Graph()
    look = _Look(system, bounds, moves, again=again)
    waits = [wait for each in stuck for wait in look.waits(each)]
    return Graph(tuple(waits), _circle(waits), look.held())


def _circle(waits: Sequence[Wait]) -> tuple[str, ...]:
    """The shortest way from somebody back to the same, along who waits for whom; () if there is none."""
    found: tuple[str, ...] = ()
    for start in dict.fromkeys(each.who for each in waits):
        ways: list[tuple[str, ...]] = [(start,)]
        for way in ways:
            after = [each.whom for each in waits if each.who == way[-1] and not each.is_of_its_own]
            if start in after and (not found or len(way) < len(found)):
                found = way
            ways += [(*way, name) for name in after if name and name not in way and len(way) <= len(waits)]
    return found


def _is_seen(event: Event) -> TypeGuard[Write | Visible]:
    """Whether others see a store now."""
    return isinstance(event, Visible) or (isinstance(event, Write) and not event.buffered)


class _Look:
    """A system at the end of a story, or `again` where its round begins."""

    def __init__(self, system: System, bounds: Bounds, moves: Sequence[int], *, again: bool) -> None:
        self.system, self.bounds, self.moves, self.again = system, bounds, moves, again
        self.klass = classes_of(system, bounds)
        self.groups = groups_of(system)
        self.of_context = {context: each for each in self.groups for context in each.contexts}
        self.of_thread = {each.lwp: each for each in self.groups if each.lwp}
        holders = Holders(system)
        many = [each.says for each in holders.told if issubclass(each.cls, RWLock)]
        watched = Watched(system, self.groups, many, silent=True) if many else None
        self.stage = watched or Stage(system, silent=True)
        self.names = self.stage.names
        self.eyes = Eyes(system, self.names, self.klass)
        self.holders = self.eyes.holders
        make_ready(self.stage, self.klass)
        for move in moves:
            perform(self.stage, move, self.klass, tso=bounds.tso, coupled=bounds.coupled)
        self.state: Any = self.stage.machine.state
        self.memory = self.stage.words()

    def waits(self, stuck: Stuck) -> Iterator[Wait]:
        """What a group waits for."""
        group, place = stuck.group, self._place(stuck)
        if stuck.how == "loops":
            yield Wait(group.name, "loops", stuck.on, place=place)
        elif stuck.how in ("spins", "waits"):
            yield from self._running(group, stuck.context, place)
        elif stuck.how == "sleeps":
            yield from self._asleep(group, stuck.on, place)
        elif stuck.how == "ready":
            cpu = self._of(group, "l_cpu")
            whom = self._runs_on(cpu)
            yield Wait(group.name, "ready", f"cpu{cpu}", whom, "behind", place)
        elif stuck.how == "beneath":
            whom = self._on_top(group)
            yield Wait(group.name, "beneath" if whom else "waits", "", whom, "on top" if whom else "", place)
        else:
            yield self._unheard(group)

    # ---- on a CPU

    def _running(self, group: Group, context: int, place: Span | None) -> Iterator[Wait]:
        """One that runs. Of several words that it looks at those count that say who holds a lock, if there are any."""
        cpu = self.state.runs_on[context]
        found = [(word, *self._whom(word)) for word in (self._looked_at(cpu) if cpu >= 0 else [])]
        held = [each for each in found if each[2] == "held by"]
        if not found:
            yield Wait(group.name, "waits", place=place)
        for word, whom, bond in held or found[:1]:
            yield Wait(group.name, "spins", self.names.place(word, cpu), whom, bond, place)

    def _looked_at(self, cpu: int) -> list[int]:
        """The words that a CPU reads again and again: it is made to look once more, and put back."""
        stage, read = self.stage, list[tuple[int, int]]()
        before = stage.buffer.snapshot()
        stage.silent = False
        first = last = -1
        for _ in range(LOOKS):
            if stage.halted(cpu) or stage.stopped:
                break
            look = stage.observer.look(stage, cpu)
            if ROWS[look.insn.op].access == "load":
                read.append((look.pc, look.address))
            if any(isinstance(each, Spins) for each in stage.step(cpu)):
                first, last = look.insn.t, look.pc
                break
        stage.buffer.restore(before)
        stage.silent = True
        return list(dict.fromkeys(address for pc, address in read if first <= pc <= last))

    def _runs_on(self, cpu: int) -> str:
        """Who runs on a CPU; "" if that is nobody."""
        group = self.of_context.get(self.state.cur[cpu])
        return group.name if group is not None else ""

    def _on_top(self, group: Group) -> str:
        """Who is next above a group in a pile of contexts."""
        above = {self.state.below[k]: k for k in range(len(self.system.contexts)) if self.state.status[k] == IN_USE}
        at = next((each for each in group.contexts if self.state.status[each] == IN_USE and each in above), -1)
        while at in above:
            at = above[at]
            other = self.of_context.get(at)
            if other is not None and other is not group:
                return other.name
        return ""

    # ---- what is waited for

    def _asleep(self, group: Group, on: str, place: Span | None) -> Iterator[Wait]:
        channel = self._of(group, "l_wchan")
        runs = self.of_thread.get(self.eyes.runs(channel, self.memory)[1])
        if runs is not None:
            yield Wait(group.name, "sleeps", on, runs.name, "run by", place)
            return
        holder = self.holders.objects.get(channel)
        whom = self._held(holder) if holder is not None else ""
        readers = self.memory[holder] >> READERS if holder is not None and not whom else 0
        inside = self.names.find(f"{on}.rw_readers", 0) if whom == group.name else []
        still = self.memory[inside[0]] & ~(RW_CLOSED | RW_WRITING) if inside else 0
        if still > 0:
            whom, readers = "", still  # it has shut the lock, and waits until they are out
        if readers == 0 or holder is None:
            yield Wait(group.name, "sleeps", on, whom, "held by" if whom else "", place)
            return
        names = self._readers(holder, readers)
        ahead = [each for each in self._writers(channel) if each not in names]
        if ahead and (group.name in names or self._reads(group)):
            for each in ahead:
                yield Wait(group.name, "sleeps", on, each, "behind", place)
        elif names:
            for each in names:
                yield Wait(group.name, "sleeps", on, each, "held to read by", place)
        else:
            on += ", which a reader has" if readers == 1 else f", which {readers} readers have"
            yield Wait(group.name, "sleeps", on, place=place)

    def _readers(self, says: int, many: int) -> list[str]:
        """Who has come in to read, if that is known of so many as there are: not of those to whom it was handed."""
        reads = self.stage.reads if isinstance(self.stage, Watched) else {}
        inside = [who for (word, who), places in reads.items() if word == says for _ in places]
        return list(dict.fromkeys(inside)) if len(inside) == many else []

    def _writers(self, channel: int) -> Iterator[str]:
        """The threads that wait for a lock to write, for which who comes to read has to wait, too."""
        for each in self.of_thread.values():
            asleep = self._of(each, "l_stat") == LSSLEEP and self._of(each, "l_wchan") == channel
            if asleep and not self._reads(each):
                yield each.name

    def _reads(self, group: Group) -> bool:
        """Whether a thread sleeps to read: on that queue of a turnstile, or as one who is to share a resource."""
        queue = self.names.place(self._of(group, "l_sleepq"), EVERY_CPU)
        return _READER_Q in queue or self._of(group, "l_syncobj") == SOBJ_SHARED

    def held(self) -> tuple[str, ...]:
        """The words of those locks that are told which somebody holds."""
        locks = [each.says for each in self.holders.told]
        return tuple(self.names.place(at, EVERY_CPU) for at in locks if self.holders.read(self.memory, at) is not None)

    def _whom(self, word: int) -> tuple[str, str]:
        """Who is to do something about a word, and why they."""
        holder = self.holders.word.get(word)
        if holder is not None:
            whom = self._held(holder)
            return whom, "held by" if whom else ""
        whom = self._writer(word)
        return whom, _WRITTEN if whom else ""

    def _held(self, word: int) -> str:
        """Who holds a lock. Where it says only which CPU, whoever wrote that if it is on that CPU still."""
        holder = self.holders.read(self.memory, word) or Holder()
        if holder.thread >= 0:
            group = self.of_thread.get(holder.thread)
            return group.name if group is not None else ""
        if holder.context >= 0:
            return self._named(holder.context)
        if holder.cpu < 0:
            return ""
        pile = {self._named(each) for each in self._pile(holder.cpu)}
        writer = self._writer(word)
        return writer if writer in pile else f"cpu{holder.cpu}"

    def _pile(self, cpu: int) -> Iterator[int]:
        """The contexts that lie on top of one another on a CPU, the running one first."""
        context = self.state.cur[cpu]
        while context >= 0:
            yield context
            context = self.state.below[context]

    def _named(self, context: int) -> str:
        group = self.of_context.get(context)
        return group.name if group is not None else self.system.contexts[context].name

    def _writer(self, word: int) -> str:
        """Who wrote a word last, all moves made again, be it what was there before; "" if nobody did."""
        system, bounds, found = self.system, self.bounds, -1
        stage = Stage(system)
        make_ready(stage, self.klass)
        for move in self.moves:
            kind, who, before, seen = Move(move >> 24), move >> 16 & 0xFF, stage.word(word), len(stage.log)
            context = -1 if kind is Move.ARRIVE else stage.context(who)
            perform(stage, move, self.klass, tso=bounds.tso, coupled=bounds.coupled)
            found = context if stage.word(word) != before and context >= 0 else found
            for (cpu, event), whose in zip(stage.log[seen:], stage.whose[seen:], strict=True):
                found = whose if _is_seen(event) and event.place == self.names.place(word, cpu) else found
        return self._named(found) if found >= 0 else ""

    def _unheard(self, group: Group) -> Wait:
        if self.again:
            return Wait(group.name, "unheard", "nobody takes it in the round")
        irq = self.system.devices[group.device].irq
        state, cpu = self.state, self.state.route[irq]
        whom, bond = self._runs_on(cpu), "because of"
        if not state.dev_enable[group.device]:
            return Wait(group.name, "unheard", "its interrupts are disabled at the device")
        if state.masked[irq]:
            return Wait(group.name, "unheard", "its line is masked")
        if state.service[irq] >= 0 and not elsewhere(self.stage.machine, irq):
            on = f"its line is in service on cpu{state.service[irq]}"
        elif not (state.wire[irq] or state.latch[irq]):
            on = f"the interrupt was taken, and cpu{cpu} does not come back to it"
        elif not state.iflag[cpu]:
            on = f"interrupts are off on cpu{cpu}"
        elif self.system.irqs[irq].prio > state.level[cpu]:
            on = f"cpu{cpu} can take its interrupt"
        else:
            on = f"cpu{cpu} is at level {state.level[cpu]} and the line at {self.system.irqs[irq].prio}"
        return Wait(group.name, "unheard", on, whom, bond if whom else "")

    # ---- of threads

    def _of(self, group: Group, field: str) -> int:
        """A field of a thread."""
        return self.memory[group.lwp + self.eyes.offset(field)]

    def _place(self, stuck: Stuck) -> Span | None:
        """Where in the user's own text it stands."""
        for context in (stuck.context, *stuck.group.contexts):
            if context >= 0 and self.state.status[context] == IN_USE and self.state.pc[context]:
                place = users_line(self.system.image.unwind(self.state.pc[context], self.stage.registers(context)))
                if place is not None:
                    return place
        return None
