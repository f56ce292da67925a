"""The director: brings about what a drawing shows, on the real machine, event by event.

For each line the CPU of its column runs until the event of the line happens, and all others stand still. What it does
on the way is not drawn and may be anything, except that interrupts are taken where the drawing says so and nowhere
else. When a line cannot happen, `CannotHappen` says what happened instead.

A drawing need not tell everything. One that does, every event of every CPU, is a run: performed strictly it gives the
same run again, or is refused at the first line that is not what comes next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splx.stage.stage import Stage
from splx.story.drawing import Drawing, Step, draw
from splx.story.language import (
    Accept,
    Arrival,
    Call,
    Event,
    Holds,
    Returns,
    Spins,
    Visible,
    Waits,
    is_it,
    read_event,
    same_value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from splx.scenario.system import System

PATIENCE = 3000  # instructions for one line
ROUNDS = 200  # turns of every CPU until all is at rest
SHOWN = 12  # events in a complaint


class CannotHappen(Exception):  # noqa: N818 - that is what it says
    """A line of a drawing cannot happen. `line` is its number among the events of the drawing, from 0."""

    def __init__(self, line: int, cpu: int, drawn: Event, why: str) -> None:
        super().__init__(f"cpu{cpu} does not come to `{drawn}`: {why}")
        self.line, self.cpu, self.drawn, self.why = line, cpu, drawn, why


def perform(
    drawing: Drawing, system: System, levels: Mapping[str, int] | None = None, *, engine: str = "native"
) -> list[tuple[int, Event]]:
    """Bring about what `drawing` shows; every event that happened, with its CPU.

    `levels` are the names of the design's levels. CannotHappen if a line cannot; LanguageError if one says nothing.
    """
    director = Director(Stage(system, levels, engine))
    director.perform(drawing)
    return director.stage.log


def redraw(log: Iterable[tuple[int, Event]], cpus: Sequence[int], title: str = "") -> Drawing:
    """A run, or what is left of it, as a drawing with a column for each of `cpus`."""
    return draw([(cpu, Step(str(event))) for cpu, event in log], cpus, title=title)


def _following(events: list[tuple[int, Event]]) -> list[Event | None]:
    """For each event the next one on its CPU."""
    found: list[Event | None] = []
    after: dict[int, Event] = {}
    for cpu, event in reversed(events):
        found.append(after.get(cpu))
        after[cpu] = event
    return found[::-1]


class Director:
    """Performs drawings on a stage. `strict`: nothing may happen that is not drawn."""

    def __init__(self, stage: Stage, *, strict: bool = False) -> None:
        self.stage = stage
        self.strict = strict
        self._line = 0
        #: what comes next on the same CPU: the outcome, if the line at hand is a choice
        self._next: Event | None = None
        #: events of the last instruction of a CPU behind the one that was drawn
        self._left: dict[int, list[Event]] = {}
        self._for_ever: list[tuple[int, int, Event]] = []

    def perform(self, drawing: Drawing) -> None:
        """Bring about every line, and then see that what is drawn as lasting lasts."""
        events = [(cpu, read_event(step.text)) for cpu, step in drawing.events]
        for self._line, ((cpu, drawn), self._next) in enumerate(zip(events, _following(events), strict=True)):
            self.happen(cpu, drawn)
        if self._for_ever:
            self._last()

    def happen(self, cpu: int, drawn: Event) -> None:
        """Run `cpu` until `drawn` happens there."""
        if isinstance(drawn, Holds):
            self._look(cpu, drawn)
            return
        if isinstance(drawn, Waits) or (isinstance(drawn, Spins) and drawn.for_ever):
            self._for_ever.append((self._line, cpu, drawn))
        start = len(self.stage.log)
        events = self._left.pop(cpu, [])
        if isinstance(drawn, Accept) and not self.strict and self.stage.quiet(drawn.irq):
            self.stage.arrive(cpu, drawn.irq)
        for _ in range(PATIENCE):
            if self._among(cpu, drawn, events) or (isinstance(drawn, Waits) and self.stage.halted(cpu)):
                return
            events = self._move(cpu, drawn, start)
        raise self._refusal(cpu, drawn, f"not within {PATIENCE} instructions", start)

    def _look(self, cpu: int, drawn: Holds) -> None:
        """Nothing happens; a word holds what is drawn, or the drawing is wrong."""
        found = self.stage.find(cpu, drawn.place)
        if len(found) != 1:
            raise CannotHappen(self._line, cpu, drawn, f"there are {len(found)} words of that name")
        value = self.stage.names.content(found[0], self.stage.word(found[0]))
        if not same_value(drawn.value, value, self.stage.names):
            raise CannotHappen(self._line, cpu, drawn, f"it is {value}")

    def _among(self, cpu: int, drawn: Event, events: list[Event]) -> bool:
        """Whether `drawn` is among `events`; what happened behind it is kept for the next line."""
        for number, event in enumerate(events):
            if is_it(drawn, event, self.stage.names):
                self._left[cpu] = events[number + 1 :]
                return True
            if self.strict:
                raise CannotHappen(self._line, cpu, drawn, f"`{event}` comes first")
        return False

    def _move(self, cpu: int, drawn: Event, start: int) -> list[Event]:
        """One move that may bring it about."""
        stage = self.stage
        if stage.stopped:
            raise self._refusal(cpu, drawn, "the machine has stopped", start)
        match drawn:
            case Arrival():
                return stage.arrive(cpu, drawn.device) or self._nobody(cpu, drawn, start)
            case Visible():
                return stage.see(cpu, drawn) or self._nobody(cpu, drawn, start)
            case Accept():
                events = stage.interrupt(cpu, drawn.irq)
                if drawn in events:
                    return events
        if stage.halted(cpu):
            due = stage.due(cpu)
            why = f"it is halted, and would take {due}" if due else "it is halted, and nothing wakes it"
            raise self._refusal(cpu, drawn, why, start)
        return stage.step(cpu, (drawn, self._next) if isinstance(drawn, Call) and self._next else (drawn,))

    def _nobody(self, cpu: int, drawn: Event, start: int) -> list[Event]:
        raise self._refusal(cpu, drawn, "there is no such thing on this CPU", start)

    def _refusal(self, cpu: int, drawn: Event, why: str, start: int) -> CannotHappen:
        """With what happened instead: the last events of that CPU since the line before."""
        did = [str(event) for c, event in self.stage.log[start:] if c == cpu]
        told = "".join(f"\n    {each}" for each in did[-SHOWN:])
        hint = self._hint(drawn, did)
        return CannotHappen(self._line, cpu, drawn, f"{why}{hint}{'; it did' if did else ''}{told}")

    @staticmethod
    def _hint(drawn: Event, did: list[str]) -> str:
        if isinstance(drawn, Call) and drawn.args is not None and drawn.name in did:
            return f" (`{drawn.name}` is compiled into its caller here: its arguments are not known)"
        if isinstance(drawn, Returns) and drawn.value is not None and f"{drawn.name} returns" in did:
            return f" (`{drawn.name}` is compiled into its caller here: its result is not known)"
        return ""

    # ---- for ever

    def _last(self) -> None:
        """Let everything go on until it is at rest: then whoever does something for ever must be at it still."""
        start = len(self.stage.log)
        spinning = self.rest()
        moved = {cpu for cpu, _ in self.stage.log[start:]}
        for line, cpu, drawn in self._for_ever:
            if isinstance(drawn, Waits):
                still = cpu not in moved
            else:
                still = cpu in spinning and is_it(drawn, spinning[cpu], self.stage.names)
            if not still:
                raise CannotHappen(line, cpu, drawn, "it goes on when everybody has gone on for long enough")

    def rest(self) -> dict[int, Event]:
        """Run everybody, interrupts included, until all are halted, or spin and nothing changes. Who spins on what."""
        before = b""
        for _ in range(ROUNDS):
            spinning = {}
            for cpu in range(self.stage.system.cpus):
                spins = self._turn(cpu)
                if spins is not None:
                    spinning[cpu] = spins
            after = self.stage.state()
            if self.stage.stopped or after == before:
                return spinning
            before = after
        raise CannotHappen(self._line, -1, Waits(), "the system does not come to rest")

    def _turn(self, cpu: int) -> Event | None:
        """Run one CPU until it waits for somebody else. The busy-wait it is in, if it is in one."""
        self.stage.see(cpu, Waits())
        for _ in range(PATIENCE):
            due = self.stage.due(cpu)
            if self.stage.stopped or (self.stage.halted(cpu) and not due):
                return None
            if due and self.stage.interrupt(cpu, due):
                continue
            for event in self.stage.step(cpu):
                if isinstance(event, Spins):
                    return event
        return None
