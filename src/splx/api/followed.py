"""Law 1: a simulated run is a path of the search, followed here move by move, to the same words and registers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from splx.api.happened import (
    INSTRUCTIONS,
    Accepted,
    Arrived,
    AtRest,
    Told,
    describe,
    ghosts,
    needed,
    stops,
    translated,
)
from splx.base.units import ms
from splx.check.broken import no_moves
from splx.check.checker import Checker
from splx.check.loading import Bounds, limit_of
from splx.check.search import Move
from splx.check.watched import classes_of
from splx.machine.models import load as load_model

if TYPE_CHECKING:
    from splx.scenario.system import System

TIME = ms(3)
RING = 64  # items that may wait at a device: more than come in a run
MOST = 10_000  # items of a device in all, as a search numbers them where they are bounded


@dataclass
class Followed:
    """What the search has followed: how many moves of each kind, changes from one CPU to another, and comparisons."""

    steps: int = 0
    accepted: int = 0
    overtaken: int = 0  # of those, where a better one was under way
    again: int = 0  # and those that were sent again meanwhile
    arrived: int = 0
    visible: int = 0
    switches: int = 0
    compared: int = 0
    left: int = 0  # instructions of the run that were not followed: no CPUs were at rest behind them

    def __str__(self) -> str:
        """For people."""
        left = f"; not followed: its last {self.left:,} instructions, behind which not all CPUs are between two steps"
        return (
            f"{self.steps:,} steps, {self.accepted:,} interrupts, {self.arrived:,} arrivals; "
            f"memory and registers were the same {self.compared:,} times{left if self.left else ''}"
        )


class Astray(AssertionError):  # noqa: N818 - what it says
    """A run is no path of the search."""


def _must(holds: bool, why: str) -> None:  # noqa: FBT001
    if not holds:
        raise Astray(why)


class Follower:
    """A search that goes the way of a run; Astray where it has no such move, or is in another state."""

    def __init__(self, system: System, *, tso: bool = False) -> None:
        budgets = {each.name: MOST for each in system.devices if limit_of(each) < 0}
        bounds = Bounds(ring=RING, tso=tso, budgets=budgets)
        self.system, self.checker, self.state = system, Checker(system, bounds), 0
        no_moves(self.checker)  # a move that breaks a rule hides those behind it, which the run may make instead
        self.klass = classes_of(system, bounds)
        self.machine = self.checker.s.machine.state
        self.memory = self.checker.buffer.array("machine.state.mem")
        self.regs = self.checker.buffer.sizes["REGS"]
        self.ghosts = ghosts(system)
        self.done, self.last = Followed(), -1
        self.checker.show(0)

    def go(self, kind: int, who: int, choices: int = 0) -> None:
        """Make a move."""
        move = kind << 24 | who << 16 | choices
        _, edges = self.checker.look_round(self.state)
        there = dict(edges)
        _must(move in there, f"no {Move(kind).name} of {who} with {choices:x} in the search")
        self.state = there[move]
        self.checker.show(self.state)

    def accept(self, told: Accepted) -> None:
        """Make the move that takes an interrupt."""
        _, edges = self.checker.look_round(self.state)
        takes = {Move.ACCEPT << 8 | told.cpu, Move.OVERTAKE << 8 | told.cpu}
        for move, there in edges:
            if move >> 16 in takes:
                self.checker.show(there)
                if self.machine.service[told.irq] == told.cpu and bool(self.machine.latch[told.irq]) == told.more:
                    self.state = there
                    self.done.overtaken += move >> 24 == Move.OVERTAKE
                    self.done.again += told.more
                    return
        raise Astray("no such interrupt is taken in the search")

    def settle(self, cpu: int) -> None:
        """What a CPU has stored becomes visible, and it goes on to where its next move begins."""
        while True:
            if self.checker.s.buffered[cpu]:
                self.go(Move.VISIBLE, cpu)
                self.done.visible += 1
            elif self.machine.halted[cpu] or stops(self.klass[self.place(cpu)[1]], self.machine.iflag[cpu]):
                return
            else:
                self.go(Move.STEP, cpu)

    def place(self, cpu: int) -> tuple[int, int]:
        """The context that a CPU runs, and where that is; -1 if the CPU is halted."""
        context = self.machine.cur[cpu]
        return context, -1 if self.machine.halted[cpu] else self.machine.pc[context]

    def follow_all(self, moves: list[Told]) -> Followed:
        """All that happened; how much that was."""
        for number, told in enumerate(moves):
            try:
                self.follow(told)
            except Astray as error:
                raise Astray(f"move {number}: {describe(self.system, told)}: {error}") from error
        return self.done

    def follow(self, told: Told) -> None:
        """What happened next."""
        if isinstance(told, AtRest):
            self.compare(told)
        elif isinstance(told, Arrived):
            self.go(Move.ARRIVE, told.device)
            self.done.arrived += 1
        elif isinstance(told, Accepted):
            self.accept(told)
            self.done.accepted += 1
            self.settle(told.cpu)
        else:
            _must(self.place(told.cpu) == (told.context, told.pc), "the search is at another instruction")
            self.go(Move.STEP, told.cpu, told.chosen)
            self.done.steps += 1
            self.done.switches += self.last not in (-1, told.cpu)
            self.last = told.cpu
            self.settle(told.cpu)

    def compare(self, told: AtRest) -> None:
        """Every word of memory but those of assertions, and what every CPU runs."""
        cpus = range(self.system.cpus)
        mine = self.memory[: len(told.memory)].tolist()
        differ = {at for at, pair in enumerate(zip(mine, told.memory, strict=True)) if pair[0] != pair[1]}
        _must(not differ - self.ghosts, f"words {sorted(differ - self.ghosts)} differ")
        _must([self.place(cpu) for cpu in cpus] == told.running, "CPUs are elsewhere in the search")
        registers = [needed(self.system, self.machine, self.regs, cpu) for cpu in cpus]
        _must(registers == told.registers, "registers differ")
        self.done.compared += 1


def follow_run(
    system: System, machine: str, *, time: int = TIME, seed: int = 1, most: int = INSTRUCTIONS, tso: bool = False
) -> Followed:
    """Simulate up to `time`, ps, or so many instructions, or until a rule is broken, and follow the run in the search.
    Astray with the step that the search does not have.
    """
    system = replace(system, manners=load_model(machine).manners)
    follower = Follower(system, tso=tso)
    run = translated(system, machine, follower.klass, time=time, seed=seed, most=most)
    follower.done.left = run.left
    return follower.follow_all(run.moves())
