"""Where in the user's own text the events of a story happen: a note at the margin, with the line as it stands there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from splx.base.diagnostics import source_line
from splx.stage.ours import users_line
from splx.stage.stage import Stage
from splx.story.drawing import LEAST_WIDTH, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splx.base.diagnostics import Span
    from splx.scenario.system import System
    from splx.story.drawing import Drawing
    from splx.story.language import Event

WIDTH = 118  # of a line of a story with the text at its margin
LEAST = 16  # of a text that is worth showing


class Placed(Stage):
    """A stage that knows of each event in its log where its context was."""

    def __init__(self, system: System) -> None:
        self._places: list[tuple[int, list[int]] | None] = []
        self._turns: dict[int, int] = {}  # how often each context was entered by an interrupt
        self._by: list[tuple[int, int]] = []  # of each event in the log: its context, and which of those it was
        super().__init__(system)

    def step(self, cpu: int, wanted: Sequence[Event] = (), choice: int = -1) -> list[Event]:
        """See Stage."""
        context = self.context(cpu)
        self._here = self.pc(context), list(self.registers(context))
        events = super().step(cpu, wanted, choice)
        self._here = None
        return events

    def _say(self, cpu: int, events: list[Event], context: int = -1) -> list[Event]:
        self._places += [self._here] * len(events)
        said = super()._say(cpu, events, context)
        self._by += [(each, self._turns.get(each, 0)) for each in self.whose[len(self._by) :]]
        return said

    def interrupt(self, cpu: int, name: str, *, again: bool = False) -> list[Event]:
        """See Stage."""
        events = super().interrupt(cpu, name, again=again)
        if events:
            context = self.context(cpu)
            self._turns[context] = self._turns.get(context, 0) + 1
        return events

    def stands(self, number: int) -> tuple[Span, object] | None:
        """That line and who is there: the context, and for which time an interrupt has entered it."""
        place = self.place(number)
        return None if place is None else (place, self._by[number])

    def place(self, number: int) -> Span | None:
        """The line of the user's in which that event of the log happened, or from which it was called."""
        here = self._places[number]
        calls = [] if here is None or not here[0] else self.system.image.unwind(*here)
        return users_line(calls)


def at_margin(drawing: Drawing, places: Sequence[tuple[Span, object] | None]) -> Drawing:
    """The same with a note at the right of each line that begins another one of the user's, or the same for somebody
    else. Of each line of the drawing `places` has the line of the user's and who is there, or None.
    """
    at = {each.cpu: each.at for each in drawing.columns}
    margin = max([drawing.columns[-1].at + LEAST_WIDTH, *(at[cpu] + len(str(step)) + 2 for cpu, step in drawing.lines)])
    last: dict[int, tuple[str, int, object]] = {}
    lines = []
    for (cpu, step), each in zip(drawing.lines, places, strict=False):
        if each is not None:
            place, who = each
            now = place.file, place.line, who
            noted = step if last.get(cpu) == now else _noted(step, _text(place, margin), margin - at[cpu])
            last[cpu] = now
        lines.append((cpu, step if each is None else noted))
    return replace(drawing, lines=(*lines, *drawing.lines[len(lines) :]))


def _noted(step: Step, text: str, width: int) -> Step:
    gap = width - len(str(step))
    if step.note:
        return replace(step, note=f"{step.note}{' ' * (gap + 3)}{text}")
    return Step(step.text, text, gap)


def _text(place: Span, margin: int) -> str:
    text = f"{PurePath(place.file).name}:{place.line}"
    line, room = (source_line(place.file, place.line) or "").strip(), WIDTH - margin - len(text) - 5
    if not line or room < LEAST:
        return text
    return f"{text}  {line if len(line) <= room else line[: room - 3] + '...'}"
