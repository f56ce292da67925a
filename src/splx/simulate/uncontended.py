"""One uncontended interrupt, instruction by instruction: what a design's own functions do from the controller back to
the thread in user mode that was interrupted.

    operations(design("solaris"))["line"].atomics

Each interrupt is taken once before it is counted, so that lines and threads are as they are after the first. Nothing
is read off a listing: the system runs, and what it executes is counted. Assertions are not, since they cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from splx.base.diagnostics import SplxError
from splx.kernel.interface import locks
from splx.kernel.interface.levels import MARK_WAKE
from splx.machine.costs import Cost
from splx.machine.table import ROWS
from splx.scenario import codes
from splx.scenario.build import build
from splx.scenario.design import functions
from splx.scenario.load import load_scenario
from splx.scenario.operations import SITUATIONS
from splx.stage.stage import Stage

if TYPE_CHECKING:
    from splx.program.insn import Insn
    from splx.scenario.design import Design
    from splx.scenario.system import System

MOST = 20_000  # instructions of one interrupt
LOCKING = {"lwp_lock", *functions(locks)}  # by these a mechanism takes a lock
ACCESSES = {Cost.MASK: "mask", Cost.UNMASK: "unmask", Cost.EOI: "eoi", Cost.LEVEL: "level"}


@dataclass(frozen=True)
class Operations:
    """What one interrupt took: the columns of `Published`, `fences`, writes of the CPU's `flags`, `instructions`.

    `kept` says what kept the line away while its handler looked at its device: `mask`, `flag`, `level`, `service`.
    `locked_by` has for each of the atomics the mechanism that it is of: see `_Bench._whose`.
    """

    entry: tuple[str, ...]
    exit: tuple[str, ...]
    atomics: int
    fences: int
    stacks: int
    wakes: int
    switches: int
    flags: int
    instructions: int
    kept: tuple[str, ...]
    locked_by: tuple[str, ...] = field(default=(), compare=False)

    def figure(self, column: str, part: tuple[str, ...] = ()) -> str | int:
        """A column of `Published`, or the part of its atomics that some mechanisms have."""
        if part:
            return sum(each in part for each in self.locked_by)
        found = getattr(self, column)
        return " ".join(found) if isinstance(found, tuple) else int(found)

    def less(self, other: Operations) -> Operations:
        """What this takes more than `other`."""
        return Operations(
            entry=_without(self.entry, other.entry),
            exit=_without(self.exit, other.exit),
            kept=self.kept,
            locked_by=_without(self.locked_by, other.locked_by),
            **{name: getattr(self, name) - getattr(other, name) for name in _NUMBERS},
        )


_NUMBERS = ("atomics", "fences", "stacks", "wakes", "switches", "flags", "instructions")


def _without(all_: tuple[str, ...], some: tuple[str, ...]) -> tuple[str, ...]:
    left = list(all_)
    for each in some:
        if each in left:
            left.remove(each)
    return tuple(left)


def operations(design: Design, engine: str = "native") -> dict[str, Operations]:
    """The operations of each situation that a design has, on one CPU. SplxError if it cannot be built."""
    polls = {"polls": str(int(design.has("napi", "napi_thread")))}
    try:
        system = build(load_scenario("uncontended", polls), design, cpus=1)
    except SplxError as error:
        if {each.code for each in error.diagnostics} != {codes.NO_TICKS}:
            raise
        system = build(load_scenario("uncontended", {**polls, "ticks": "1"}), design, cpus=1)
    return count(system, engine)


def count(system: System, engine: str = "native") -> dict[str, Operations]:
    """The same. `system` is the scenario `uncontended` under the design that is asked about."""
    bench = _Bench(Stage(system, engine=engine))
    found = {}
    devices = {each.name for each in system.devices}
    for name in (each for each in SITUATIONS if each in devices):
        bench.interrupt(name)
        counted = bench.interrupt(name)
        if counted.instructions:  # or the first is not dealt with: a thread that polls waits for its turn among equals
            found[name] = counted
    found["soft"] = found["soft"].less(found["line"])
    return found


@dataclass
class _Tally:
    """What was executed so far, and where the handler first looked at its device."""

    done: list[Insn] = field(default_factory=list)
    locked_by: list[str] = field(default_factory=list)
    looked: int = -1
    kept: tuple[str, ...] = ()


class _Bench:
    """A stage with one thread at work in user mode, to which it comes back after each interrupt."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._run(_Tally(), home=-1)
        self.home = stage.context(0)

    def interrupt(self, device: str) -> Operations:
        """One interrupt of a device, from its acceptance to the thread at work again."""
        self.stage.step(0)
        self._run(_Tally(), self.home)
        self.stage.arrive(0, device)
        self.stage.interrupt(0, self.stage.due(0))
        tally = _Tally()
        self._run(tally, self.home)
        return _operations(tally)

    def _at_home(self, home: int) -> bool:
        """Whether the thread is at work and nothing is left to do."""
        context = self.stage.context(0)
        at_work = self._insn().op == "WORK" and not self.stage.due(0)
        return at_work and home in (-1, context)

    def _insn(self) -> Insn:
        insn: Insn = self.stage.system.image.insns[self.stage.pc(self.stage.context(0))]
        return insn

    def _run(self, tally: _Tally, home: int) -> None:
        """Until the thread is at work again."""
        for _ in range(MOST):
            if self._at_home(home):
                return
            if self._take_due():
                continue
            insn = self._insn()
            if insn.op == "DEVRD" and tally.looked < 0:
                tally.looked, tally.kept = len(tally.done), self._kept()
            tally.done.append(insn)
            if _locked(insn):
                tally.locked_by.append(self._whose())
            self.stage.step(0)
            if self.stage.stopped:
                break
        message = f"no end of an interrupt under {self.stage.system.design}"
        raise AssertionError(message)

    def _whose(self) -> str:
        """The mechanism whose function does what comes next; what a lock does is of the one that takes it."""
        context = self.stage.context(0)
        calls = self.stage.system.image.unwind(self.stage.pc(context), self.stage.registers(context))
        return next(Path(span.file).stem for name, span in calls if name not in LOCKING)

    def _take_due(self) -> bool:
        """Take what is due here besides, a soft interrupt, if anything."""
        due = self.stage.due(0)
        return bool(due) and bool(self.stage.interrupt(0, due))

    def _kept(self) -> tuple[str, ...]:
        """What keeps the line of the device that is looked at away from its CPU."""
        state, system = self.stage.machine.state, self.stage.system
        context = self.stage.context(0)
        device = self.stage.registers(context)[self._insn().a]
        irq = system.devices[device].irq
        ways = {
            "mask": state.masked[irq] != 0,
            "flag": state.iflag[0] == 0,
            "level": state.level[0] >= self.stage.machine.tables.irq_prio[irq],
            "service": state.service[irq] >= 0,
        }
        return tuple(name for name, holds in ways.items() if holds)


def _locked(insn: Insn) -> bool:
    return ROWS[insn.op].access == "locked" and not insn.assertion


def _operations(tally: _Tally) -> Operations:
    done = [each for each in tally.done if not each.assertion]
    before = sum(not each.assertion for each in tally.done[: tally.looked])
    ops = [each.op for each in done]
    costs = [ROWS[op].cost for op in ops]
    accesses = [ACCESSES.get(cost) for cost in costs]
    entries = ops.count("ENTER")
    return Operations(
        entry=tuple(each for each in accesses[:before] if each),
        exit=tuple(each for each in accesses[before:] if each),
        atomics=len(tally.locked_by),
        fences=ops.count("FENCE"),
        stacks=entries + min(entries, ops.count("LEAVE")),
        wakes=sum(each.op == "MARK" and each.imm == MARK_WAKE for each in done),
        switches=ops.count("SWITCH") + ops.count("SWITCHX"),
        flags=costs.count(Cost.IRQ_FLAG),
        instructions=len(ops),
        kept=tally.kept,
        locked_by=tuple(tally.locked_by),
    )
