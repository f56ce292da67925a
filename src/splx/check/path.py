"""The way to a state, and the same way on a stage, where every instruction says what it did."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from splx.check.loading import calm_level
from splx.check.moves import AHEAD
from splx.check.search import BUFFER, Class, Move
from splx.check.steps import LONG
from splx.check.watched import classes_of
from splx.machine.constants import IN_USE, Kind
from splx.stage.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from splx.check.loading import Bounds
    from splx.scenario.system import System


class ImpossibleError(ValueError):
    """A move that cannot be made where it stands."""


def _possible(stage: Stage, move: int) -> Move:
    """What kind a move is of, if it may be one."""
    who = move >> 16 & 0xFF
    if move >> 24 not in (Move.STEP, Move.ACCEPT, Move.ARRIVE, Move.VISIBLE, Move.OVERTAKE):
        raise ImpossibleError(f"{move} is no move")
    kind = Move(move >> 24)
    if stage.stopped:
        raise ImpossibleError("everything has ended before it")
    if kind is Move.ARRIVE:
        if who >= len(stage.system.devices):
            raise ImpossibleError(f"there is no device {who}")
        return kind
    if who >= stage.system.cpus:
        raise ImpossibleError(f"there is no cpu{who}")
    if kind is Move.STEP and stage.halted(who):
        raise ImpossibleError(f"cpu{who} has nothing to do")
    if kind is Move.VISIBLE and not stage.holds(who):
        raise ImpossibleError(f"no store of cpu{who} waits")
    return kind


def make_ready(stage: Stage, klass: Sequence[int]) -> None:
    """What CPUs do before the first move: up to their first stop."""
    for cpu in range(stage.system.cpus):
        alone = 0
        while not _at_rest(stage, cpu, klass, alone):
            stage.step(cpu)
            alone += 1
    _run_on(stage, range(len(stage.system.contexts)), klass)


def _at_rest(stage: Stage, cpu: int, klass: Sequence[int], alone: int) -> bool:
    """Whether what a CPU does before its first move ends here."""
    return stage.stopped or stage.halted(cpu) or _stops(stage, cpu, klass) or _is_long(stage, cpu, klass, alone)


def _is_long(stage: Stage, cpu: int, klass: Sequence[int], alone: int) -> bool:
    """Whether a move has gone on for so long that it ends wherever it is."""
    return alone >= LONG and not klass[stage.pc(stage.context(cpu))] & Class.INSIDE


def _stops(stage: Stage, cpu: int, klass: Sequence[int]) -> bool:
    own = klass[stage.pc(stage.context(cpu))]
    return bool(own & Class.STOP or (own & Class.GUARDED and stage.machine.state.iflag[cpu]))


def _run_on(stage: Stage, contexts: Iterable[int], klass: Sequence[int]) -> None:
    """Those that run nowhere do what they can do there: see `run_on` in moves."""
    state = stage.machine.state
    for ctx in contexts:
        if not stage.stopped and state.status[ctx] == IN_USE and state.runs_on[ctx] < 0:
            for _ in range(AHEAD):
                if not klass[stage.pc(ctx)] & Class.PURE:
                    break
                stage.step_apart(ctx)


def _goes_on(stage: Stage, cpu: int, own: int, joined: int) -> bool:
    """See `goes_on` in steps."""
    if not own & (Class.JOINS | Class.CALM) or stage.context(cpu) != joined:
        return False
    state = stage.machine.state
    return bool(own & Class.JOINS) or not state.iflag[cpu] or state.level[cpu] >= calm_level(stage.system)


def perform(stage: Stage, move: int, klass: Sequence[int], *, tso: bool = False, coupled: bool = False) -> None:
    """One move, instruction by instruction. ImpossibleError if it cannot be made, as those that are written by hand."""
    before, ran = stage.whereabouts(), {stage.context(cpu) for cpu in range(stage.system.cpus)}
    _perform(stage, move, klass, tso=tso, coupled=coupled)
    (was_at, was), (at, status) = before, stage.whereabouts()
    moved = [n for n in range(len(at)) if n in ran or at[n] != was_at[n] or status[n] != was[n]]
    _run_on(stage, moved, klass)


def _perform(stage: Stage, move: int, klass: Sequence[int], *, tso: bool, coupled: bool) -> None:
    kind, who, choices = _possible(stage, move), move >> 16 & 0xFF, move & 0xFFFF
    if kind is Move.ARRIVE:
        cpu = stage.goes_to(who)
        stage.arrive(cpu, stage.system.devices[who].name)
        if not coupled:
            return
        who = cpu
    if kind is Move.VISIBLE:
        stage.see_oldest(who)
        return
    if kind in (Move.ARRIVE, Move.ACCEPT, Move.OVERTAKE):
        choices = _take(stage, who, choices, overtakes=kind is Move.OVERTAKE)
        pc = stage.pc(stage.context(who))
        if stage.stopped or klass[pc] & (Class.STOP | Class.GUARDED):
            return
    joined = stage.context(who) if kind is Move.STEP else -1
    for alone in itertools.count(1):
        choosing = -1
        pc = stage.pc(stage.context(who))
        if klass[pc] & (Class.CHOICE | Class.COUNTED):
            choosing, choices = _choice(stage, who, choices & 15), choices >> 4
        stage.holding = {who} if klass[pc] & Class.STORE else set()
        stage.step(who, choice=choosing)
        while stage.works(who):
            stage.step(who)
        if stage.stopped or stage.halted(who):
            return
        pc = stage.pc(stage.context(who))
        own = klass[pc]
        if stage.holds(who) and (own & Class.DRAINS or not tso):
            return
        if own & Class.STORE and stage.kept_of(who) >= BUFFER:
            return
        if _stops(stage, who, klass) and not _goes_on(stage, who, own, joined):
            return
        if _is_long(stage, who, klass, alone):
            return


def _choice(stage: Stage, cpu: int, wanted: int) -> int:
    """The outcome of a choice that comes next, which is to be one that it has."""
    context = stage.context(cpu)
    insn = stage.system.image.insns[stage.pc(context)]
    among = stage.registers(context)[insn.a] if insn.op == "CHOOSE" else 2
    if wanted >= among:
        raise ImpossibleError(f"outcome {wanted} of a choice among {among}")
    return wanted


def _take(stage: Stage, cpu: int, choices: int, *, overtakes: bool) -> int:
    """A CPU takes an interrupt; the choices that are left for what it does then."""
    names = list(stage.dues(cpu))
    if len(names) <= overtakes:
        raise ImpossibleError(f"cpu{cpu} has no such interrupt to take")
    name = names[0]
    if overtakes and len(names) > 2:
        name, choices = names[1 + (choices & 15)], choices >> 4
    elif overtakes:
        name = names[1]
    again = stage.sent_again(cpu, name)
    if not stage.interrupt(cpu, name, again=again and bool(choices & 15)):
        raise ImpossibleError(f"cpu{cpu} cannot take {name}")
    return choices >> 4 if again else choices


def standing(stage: Stage) -> tuple[object, ...]:
    """Everything that decides what can happen next on a stage: equal in two moments if they are the same state."""
    state, beside, image = stage.machine.state, stage.machine.beside, stage.system.image
    found: list[object] = [tuple(stage.words()), tuple(map(tuple, stage.kept()))]
    for ctx in range(len(stage.system.contexts)):
        found.append(state.status[ctx])
        if state.status[ctx] == IN_USE:
            regs, needed = stage.registers(ctx), image.needed(state.pc[ctx], stage.registers(ctx))
            own = tuple(word for number, word in enumerate(regs) if needed >> number & 1)
            found.append((state.pc[ctx], state.below[ctx], state.runs_on[ctx], state.saved_if[ctx], own))
    for cpu in range(stage.system.cpus):
        found.append((state.cur[cpu], state.iflag[cpu], state.level[cpu], state.halted[cpu]))
    for irq in range(len(stage.system.irqs)):
        found.append((state.latch[irq], state.masked[irq], state.wire[irq]))
        found.append((state.service[irq], state.left[irq], state.route[irq]))
    for dev, each in enumerate(stage.system.devices):
        under_way = each.kind >= Kind.CLOSED and beside.ev_time[dev] >= 0  # what comes by itself may come at any time
        found.append((state.dev_enable[dev], state.dev_count[dev], beside.devices[dev].waiting, under_way))
    return tuple(found)


def comes_back(system: System, bounds: Bounds, moves: Sequence[int], cycle: Sequence[int]) -> bool:
    """Whether, after `moves`, a round of the moves of `cycle` leads back to the same state."""
    klass = classes_of(system, bounds)
    stage = Stage(system, silent=True)
    make_ready(stage, klass)
    for move in moves:
        perform(stage, move, klass, tso=bounds.tso, coupled=bounds.coupled)
    before = standing(stage)
    for move in cycle:
        perform(stage, move, klass, tso=bounds.tso, coupled=bounds.coupled)
    return standing(stage) == before
