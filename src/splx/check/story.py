"""The story of a finding: its moves performed on a stage, and of what happened that which somebody else could see."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from splx.check import codes
from splx.check.happens import UntrueError, places
from splx.check.path import make_ready, perform
from splx.check.placed import Placed, at_margin
from splx.check.search import Move
from splx.check.watched import classes_of
from splx.lang.source import line_span
from splx.stage.holders import is_told
from splx.stage.ours import is_ours
from splx.stage.stage import Stage
from splx.story.drawing import Step, draw
from splx.story.language import Fails, Read, Returns, Visible, Write
from splx.story.outline import Outline

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from splx.check.finding import Finding
    from splx.check.loading import Bounds
    from splx.check.verdict import Verdict
    from splx.scenario.system import System
    from splx.story.language import Event

AGAIN = "from here on, again and again:"


def told(
    system: System, bounds: Bounds, moves: tuple[int, ...], stage: Stage | None = None
) -> Iterator[tuple[int, list[tuple[int, Event]]]]:
    """Move by move: the move, and what happened in it, with its CPU. `stage` is one that nothing has happened on."""
    stage = stage or Stage(system)
    klass = classes_of(system, bounds)
    make_ready(stage, klass)
    if not moves:  # it is over before the first move
        yield Move.STEP << 24, stage.log
    for move in moves:
        before = len(stage.log)
        perform(stage, move, klass, tso=bounds.tso, coupled=bounds.coupled)
        yield move, stage.log[before:]


def users(system: System) -> set[str]:
    """The functions that are the user's own, and the locks' and sleeps' that they call."""
    names = {"mutex_enter", "mutex_exit", "kernel_lock", "kernel_unlock", "cv_wait", "cv_signal", "cv_broadcast"}
    for function in system.image.functions:
        if not is_ours(function.tree.span.file):
            names.add(function.name)
    return names


def own(system: System) -> set[str]:
    """The names of the statics that are of the user's own classes."""
    return _statics(system, lambda cls: not is_ours(line_span(*cls.__made_at__).file))  # type: ignore[attr-defined]


def told_of(system: System, found: Finding) -> set[str] | None:
    """The names of the statics whose words may be drawn: those that are told, and what the finding is about. None for
    all: if the kernel is not as it comes, or the finding is of no line of the user's.
    """
    if system.changed or found.place is None:
        return None
    about = (*found.words, *(each.on for each in found.graph.waits))
    return _statics(system, is_told) | {re.split(r"[.\[]", re.sub(r"^cpu\d+\.", "", each))[0] for each in about}


def _statics(system: System, wanted: Callable[[type], bool]) -> set[str]:
    data = system.image.data
    return {"_".join(data.name(each).split()) for each in (*data.statics, *data.per_cpu) if wanted(type(each))}


def story_of(verdict: Verdict) -> str:
    """The drawing of a finding, a column for each CPU."""
    found, system = verdict.finding, verdict.system
    assert found is not None
    stage = Placed(system)
    steps = _made(system, verdict.bounds, found, stage)
    log = [each for events in steps for each in events]
    first = sum(len(events) for events in steps[: len(found.moves)])
    from splx.scenario.names import SystemNames  # noqa: PLC0415 - heavy

    races = found.code == codes.RACE
    words, told_ = (*found.words, *found.graph.held, *found.graph.written), told_of(system, found)
    outline = Outline(SystemNames(system).per_cpu, users(system), words, reads=races, own=own(system), told=told_)
    begun = len(stage.log) - len(log)  # what was done before the first move
    whose = stage.whose[begun:]

    def when(number: int) -> bool:
        """Where a CPU was in a kernel that is as it comes tells nobody when an interrupt came."""
        return system.changed or stage.place(begun + number) is not None

    numbers, at = outline.numbers(log, whose=whose, when=when), len(outline.numbers(log, first, whose, when))
    if found.cycle and at == len(numbers):  # a round in which nothing matters to others: what was looked at, and drawn
        numbers += outline.looks(log, first)
    events = [log[n] for n in numbers]
    halves = None if verdict.bounds.tso else Halves(events, ends=not races)
    shown = [(cpu, _step(n, event, halves)) for n, (cpu, event) in enumerate(events)]
    places = [None if _leaves(log[n][1], outline.functions) else stage.stands(begun + n) for n in numbers]
    if found.cycle:
        cpu = found.cycle[0] >> 16 & 0xFF if at == len(shown) else shown[at][0]
        shown, places = [*shown[:at], (cpu, Step("", AGAIN)), *shown[at:]], [*places[:at], None, *places[at:]]
    there = [n for n, (_, step) in enumerate(shown) if step.text or step.note]
    shown, places = [shown[n] for n in there], [places[n] for n in there]
    return str(at_margin(draw(shown or list(_who_runs(stage)), range(system.cpus)), places))


def _made(system: System, bounds: Bounds, found: Finding, stage: Stage) -> list[list[tuple[int, Event]]]:
    """What happened in each move of a finding. At the end of a round everybody is where it began."""
    steps, began = [], None
    for _, events in told(system, bounds, (*found.moves, *found.cycle), stage):
        steps.append(events)
        began = places(stage) if len(steps) == len(found.moves) else began
    if found.cycle and began is not None and places(stage) != began:
        raise UntrueError("the round of the story does not lead back to where it began")
    return steps


def _leaves(event: Event, functions: Collection[str]) -> bool:
    """Whether an event is the way out of a function that is drawn: its line says nothing more."""
    return isinstance(event, Returns) and event.name in functions


def _step(number: int, event: Event, halves: Halves | None) -> Step:
    return Step(str(event)) if halves is None else halves.step(number, event)


def _who_runs(stage: Stage) -> Iterator[tuple[int, Step]]:
    """Of a story in which nothing is worth drawing: who has each CPU at its end."""
    for cpu in range(stage.system.cpus):
        name = stage.system.contexts[stage.context(cpu)].name
        yield cpu, Step("", "nothing runs here" if stage.halted(cpu) else f"{name} runs here")


class Halves:
    """Operations that are atomic against their own CPU alone, where there are no store buffers: they read, and write
    later. The halves are told as one unless another CPU does something in between. `ends`: what has only begun when the
    story ends is not told; a race is about it.
    """

    def __init__(self, events: Sequence[tuple[int, Event]], *, ends: bool = True) -> None:
        self.second: dict[int, Write] = {}  # by the number of an event: what becomes visible there
        self.apart: set[int] = set()  # numbers of first halves, and of second ones
        self.vain: set[int] = set()  # numbers of first halves of what fails, and writes back what it has read
        under_way: dict[int, list[int]] = {}
        for n, (cpu, event) in enumerate(events):
            if isinstance(event, Write) and event.buffered:
                under_way.setdefault(cpu, []).append(n)
                if any(isinstance(each, Fails) for _, each in events[n + 1 : n + 2]):
                    self.vain.add(n)
            elif isinstance(event, Visible) and under_way.get(cpu):
                begun = under_way[cpu].pop(0)
                write = events[begun][1]
                assert isinstance(write, Write)
                self.second[n] = replace(write, buffered=False)
                if begun in self.vain:
                    self.vain.add(n)
                if any(other != cpu for other, _ in events[begun:n]):
                    self.apart.add(begun)
                    self.apart.add(n)
        if not ends:
            self.apart.update(*under_way.values())

    def step(self, number: int, event: Event) -> Step:
        """What stands in a line; nothing for a half that is told with the other."""
        if isinstance(event, Write) and event.buffered:
            begins = f"{event.how or 'a store'} begins"
            return Step(str(Read(event.place)), begins) if number in self.apart else Step("")
        if isinstance(event, Visible) and number in self.second:
            write = self.second[number]
            if number in self.apart:
                return Step(str(replace(write, how="")), "and ends")
            return Step("" if number in self.vain else str(write))
        return Step(str(event))
