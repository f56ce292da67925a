"""The story of a finding: its moves performed on a stage, and of what happened that which somebody else could see."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import splx
from splx.check.path import make_ready, perform
from splx.check.search import Move
from splx.check.watched import classes_of
from splx.stage.stage import Stage
from splx.story.drawing import Step, draw
from splx.story.outline import Outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.check.loading import Bounds
    from splx.check.verdict import Verdict
    from splx.scenario.system import System
    from splx.story.language import Event

AGAIN = "from here on, again and again:"

_OURS = Path(splx.__file__).resolve().parent


def told(system: System, bounds: Bounds, moves: tuple[int, ...]) -> Iterator[tuple[int, list[tuple[int, Event]]]]:
    """Move by move: the move, and what happened in it, with its CPU."""
    stage = Stage(system)
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


def is_ours(file: str) -> bool:
    """Whether a file is one of splx, and no scenario that comes with it."""
    path = Path(file).resolve()
    return path.is_relative_to(_OURS) and not path.is_relative_to(_OURS / "scenario" / "library")


def story_of(verdict: Verdict) -> str:
    """The drawing of a finding, a column for each CPU."""
    found, system = verdict.finding, verdict.system
    assert found is not None
    steps = [events for _, events in told(system, verdict.bounds, (*found.moves, *found.cycle))]
    log = [each for events in steps for each in events]
    first = sum(len(events) for events in steps[: len(found.moves)])
    from splx.scenario.names import SystemNames  # noqa: PLC0415 - heavy

    outline = Outline(SystemNames(system).per_cpu, users(system), found.words)
    shown = [(cpu, Step(str(event))) for cpu, event in outline.of(log)]
    if found.cycle:
        at = len(outline.of(log, first))
        cpu = found.cycle[0] >> 16 & 0xFF if at == len(shown) else shown[at][0]
        shown = [*shown[:at], (cpu, Step("", AGAIN)), *shown[at:]]
    return str(draw(shown, range(system.cpus)))
