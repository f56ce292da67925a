"""What happens in a simulated run, as moves of a search.

The simulator moves on one instruction at a time, and what happened is put into moves of the search that fuses nothing:

- an instruction before which a move ends begins a STEP of its CPU; those up to the next one belong to it, and nobody
  can tell when they happen
- one look of a busy-wait that reads one word is a STEP where it reads; if it finds nothing it is no move
- items that arrive are ARRIVE, interrupts that are taken ACCEPT, or OVERTAKE where a better one is under way
- a store that waits in a buffer is VISIBLE at once: the simulator has no buffers

Time, work and what an item costs are nothing to a search.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from splx.check.search import Class
from splx.lang.struct import struct_of
from splx.machine.constants import Event, Mode, Status
from splx.machine.models import load as load_model
from splx.machine.table import ROWS
from splx.machine.tracing import RECORD
from splx.scenario.names import SystemNames
from splx.simulate.engine import engine_for
from splx.stage.load import Knobs, load, new_log
from splx.stage.sizeclass import sizes_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splx.machine.state import State
    from splx.scenario.system import System

INSTRUCTIONS = 5000  # of a run, unless said otherwise


@dataclass(frozen=True, slots=True)
class Executed:
    """A CPU has executed the instruction at `pc`, after which its context is at `to`."""

    cpu: int
    context: int
    pc: int
    to: int
    chosen: int  # what it left in the register that it sets, if it chooses
    stops: bool  # a move ends before it


@dataclass(frozen=True, slots=True)
class Arrived:
    """An item has come to a device that had room."""

    device: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """A CPU has taken an interrupt."""

    cpu: int
    irq: int
    more: bool = False  # another one from a CPU is under way still, or came right after


@dataclass(frozen=True, slots=True)
class AtRest:
    """Every CPU is before an instruction that begins a move, or halted."""

    memory: list[int]
    running: list[tuple[int, int]]  # by CPU: context, and its pc, or -1 if the CPU is halted
    registers: list[list[int]]  # by CPU: those that its function still needs


Told: TypeAlias = Executed | Arrived | Accepted | AtRest


class Simulated:
    """A run of a system on a machine, one instruction at a time."""

    def __init__(self, system: System, machine: str, klass: list[int], seed: int = 1) -> None:
        self.system, self.klass = system, klass
        self.insns = system.image.insns
        sizes = sizes_for(system)
        self.log = new_log(sizes)
        self.buffer = load(system, load_model(machine), Knobs(seed=seed, run_ahead=False), sizes, self.log)
        self.m, self.regs, self.devices = self.buffer.view(), sizes["REGS"], sizes["DEVS"]
        self.engine = engine_for("native", sizes)
        self.memory = self.buffer.array("state.mem")

    def happenings(self, time: int, most: int) -> Iterator[Told]:
        """What happens up to `time`, ps, or in the first `most` instructions, or until a rule is broken."""
        state, beside, cpus = self.m.state, self.m.beside, range(self.system.cpus)
        self.engine.boot(self.buffer)
        beside.until = time
        for _ in range(most):
            beside.steps_left, beside.n_trace = 1, 0
            flags, current = [state.iflag[cpu] for cpu in cpus], [state.cur[cpu] for cpu in cpus]
            under_way = self.under_way()
            status = Status(self.engine.run(self.buffer))
            if status is Status.FINDING:
                return
            for told in self.recorded(under_way):
                if isinstance(told, Accepted):
                    flags[told.cpu], current[told.cpu] = 0, self.system.trap[told.cpu]
                yield told
            if status is Status.DONE:
                return
            cpu = beside.ran
            yield self.executed(cpu, current[cpu], flags[cpu])
            if all(self.rests(cpu) for cpu in cpus):
                yield self.at_rest()

    def under_way(self) -> list[int]:
        """When what one CPU has sent another comes, by irq; -1 for those of which none is under way."""
        return [self.m.beside.ev_time[self.devices + irq] for irq in range(len(self.system.irqs))]

    def recorded(self, before: list[int]) -> Iterator[Arrived | Accepted]:
        """Arrivals and interrupts of the last slice, in the order in which they came; `before` it that was under way.

        An instruction comes last in a slice: what it sends is not what was under way when an interrupt was taken.
        """
        after = self.under_way()
        for at in range(0, self.m.beside.n_trace * RECORD, RECORD):
            _, cpu, kind, what, _ = self.log[at : at + RECORD]
            if kind == Event.ARRIVE:
                yield Arrived(what)
            elif kind == Event.ACCEPT:
                sent = what >= self.system.ipi_base and before[what] >= 0
                yield Accepted(cpu, what, sent and (after[what] == before[what] or self.m.state.latch[what] != 0))

    def executed(self, cpu: int, context: int, flag: int) -> Executed:
        """The instruction that a CPU has executed in a context, with interrupts on if `flag`."""
        pc = self.m.beside.cpus[cpu].last
        own, dst = self.klass[pc], self.insns[pc].dst
        chosen = self.m.state.regs[context * self.regs + dst] if own & (Class.CHOICE | Class.COUNTED) else 0
        return Executed(cpu, context, pc, self.m.state.pc[context], chosen, stops(own, flag))

    def at_rest(self) -> AtRest:
        """Everything that is to be compared."""
        cpus = range(self.system.cpus)
        memory = self.memory[: len(self.system.image.memory)].tolist()
        registers = [needed(self.system, self.m.state, self.regs, cpu) for cpu in cpus]
        return AtRest(memory, [self.place(cpu) for cpu in cpus], registers)

    def rests(self, cpu: int) -> bool:
        """Whether a CPU is where a move of the search would end."""
        beside = self.m.beside.cpus[cpu]
        _, pc = self.place(cpu)
        return pc < 0 or (beside.mode in (Mode.RUN, Mode.PARKED) and stops(self.klass[pc], self.m.state.iflag[cpu]))

    def place(self, cpu: int) -> tuple[int, int]:
        """The context that a CPU runs, and where that is."""
        context = self.m.state.cur[cpu]
        return context, -1 if self.m.state.halted[cpu] else self.m.state.pc[context]


def needed(system: System, state: State, room: int, cpu: int) -> list[int]:
    """The registers that the function that a CPU is in still needs; a context has room for so many."""
    context = state.cur[cpu]
    mask = system.image.live[state.pc[context]]
    return [state.regs[context * room + number] for number in range(room) if mask >> number & 1]


def ghosts(system: System) -> set[int]:
    """The addresses of words that only assertions look at: who has been interrupted may have yet to write them."""
    uses = {(insn.of.cls, insn.of.field) for insn in system.image.insns if insn.of is not None}
    fields = {name for cls, name in uses if struct_of(cls).fields[name].guard == "ghost"}
    names = SystemNames(system)
    places = {at: names.place(at, 0) for at in range(len(system.image.memory))}
    return {at for at, place in places.items() if re.sub(r"\[\d+\]$", "", place).rpartition(".")[2] in fields}


def stops(own: int, flag: int) -> bool:
    """Whether a move ends before an instruction of a class, where interrupts are on if `flag`."""
    return bool(own & Class.STOP or (own & Class.GUARDED and flag))


class Translated:
    """What happened in a run, in the order in which moves of the search would have it happen."""

    def __init__(self, system: System, klass: list[int]) -> None:
        self.insns, self.klass = system.image.insns, klass
        self.at: dict[int, int] = {}  # by what has happened: where in the order it stands
        self.told: list[Told] = []
        self.open: dict[int, int] = {}  # by CPU: the first instruction of its step, by its number in `told`

    def add(self, told: Told) -> None:
        """The next thing that happened."""
        number = len(self.told)
        self.told.append(told)
        if not isinstance(told, Executed):
            self.at[number] = number
            return
        own = self.klass[told.pc]
        if told.stops:
            self.open[told.cpu] = number
            self.at[number] = number
        elif own & Class.WAITS and self.reads(told.pc):
            self.at[self.open[told.cpu]] = number  # one look is a step where it reads
        if own & Class.SPIN and told.to == self.insns[told.pc].t:
            del self.at[self.open.pop(told.cpu)]  # it found nothing

    @property
    def left(self) -> int:
        """How many instructions came after all CPUs were at rest last."""
        rests = [number for number, told in enumerate(self.told) if isinstance(told, AtRest)]
        return sum(isinstance(told, Executed) for told in self.told[rests[-1] + 1 if rests else 0 :])

    def reads(self, pc: int) -> bool:
        """Whether an instruction reads a word that others write."""
        row = ROWS[self.insns[pc].op]
        return row.access == "load" and "memory" in row.touches

    def moves(self) -> list[Told]:
        """In order, up to where all CPUs were at rest last: beyond, a look may not have come to its end."""
        order = sorted(self.at, key=lambda each: (self.at[each], each))
        found = [self.told[number] for number in order]
        rests = [place for place, told in enumerate(found) if isinstance(told, AtRest)]
        return found[: rests[-1] + 1] if rests else []


def translated(
    system: System, machine: str, klass: list[int], *, time: int, seed: int = 1, most: int = INSTRUCTIONS
) -> Translated:
    """What happens in a run. A CPU that spins is parked, as in any run: where nothing takes time no other one
    would go on.
    """
    found = Translated(system, klass)
    for told in Simulated(system, machine, klass, seed).happenings(time, most):
        found.add(told)
    return found


def simulated(
    system: System, machine: str, klass: list[int], *, time: int, seed: int = 1, most: int = INSTRUCTIONS
) -> list[Told]:
    """What happens in a run, in the order of the search's moves."""
    return translated(system, machine, klass, time=time, seed=seed, most=most).moves()


def describe(system: System, told: Told) -> str:
    """In words."""
    if isinstance(told, Executed):
        insn, function = system.image.insns[told.pc], system.image.function_at(told.pc)
        where = f" of {function.name}" if function else ""
        return f"CPU {told.cpu}, context {told.context}, {told.pc} {insn.op}{where}"
    return "all CPUs are at rest" if isinstance(told, AtRest) else repr(told)
