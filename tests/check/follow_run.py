"""A simulated run, followed move by move in the search.

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
from dataclasses import dataclass, replace

from splx.check.checker import Checker
from splx.check.loading import Bounds, limit_of
from splx.check.search import Class, Move
from splx.check.watched import classes_of
from splx.lang.struct import struct_of
from splx.machine.constants import Event, Mode, Status
from splx.machine.models import load as load_model
from splx.machine.table import ROWS
from splx.machine.tracing import RECORD
from splx.scenario.names import SystemNames
from splx.simulate.engine import engine_for
from splx.stage.load import Knobs, load, new_log
from splx.stage.sizeclass import sizes_for

RING = 64  # items that may wait at a device: more than come here
MOST = 10_000  # items of a device in all, as a search numbers them where they are bounded


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


class Simulated:
    """A run of a system on a machine, one instruction at a time."""

    def __init__(self, system, machine, klass, seed=1):
        self.system, self.klass = system, klass
        self.insns = system.image.insns
        sizes = sizes_for(system)
        self.log = new_log(sizes)
        self.buffer = load(system, load_model(machine), Knobs(seed=seed, run_ahead=False, park=False), sizes, self.log)
        self.m, self.regs, self.devices = self.buffer.view(), sizes["REGS"], sizes["DEVS"]
        self.engine = engine_for("native", sizes)
        self.memory = self.buffer.array("state.mem")

    def happenings(self, time, most):
        """What happens up to `time`, ps, or in the first `most` instructions."""
        state, beside, cpus = self.m.state, self.m.beside, range(self.system.cpus)
        self.engine.boot(self.buffer)
        beside.until = time
        for _ in range(most):
            beside.steps_left, beside.n_trace = 1, 0
            flags, current = [state.iflag[cpu] for cpu in cpus], [state.cur[cpu] for cpu in cpus]
            under_way = self.under_way()
            status = Status(self.engine.run(self.buffer))
            assert status is not Status.FINDING, "the run breaks a rule"
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

    def under_way(self):
        """When what one CPU has sent another comes, by irq; -1 for those of which none is under way."""
        return [self.m.beside.ev_time[self.devices + irq] for irq in range(len(self.system.irqs))]

    def recorded(self, before):
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

    def executed(self, cpu, context, flag):
        """The instruction that a CPU has executed in a context, with interrupts on if `flag`."""
        pc = self.m.beside.cpus[cpu].last
        own, dst = self.klass[pc], self.insns[pc].dst
        chosen = self.m.state.regs[context * self.regs + dst] if own & (Class.CHOICE | Class.COUNTED) else 0
        return Executed(cpu, context, pc, self.m.state.pc[context], chosen, stops(own, flag))

    def at_rest(self):
        """Everything that is to be compared."""
        cpus = range(self.system.cpus)
        memory = self.memory[: len(self.system.image.memory)].tolist()
        registers = [needed(self.system, self.m.state, self.regs, cpu) for cpu in cpus]
        return AtRest(memory, [self.place(cpu) for cpu in cpus], registers)

    def rests(self, cpu):
        """Whether a CPU is where a move of the search would end."""
        beside = self.m.beside.cpus[cpu]
        _, pc = self.place(cpu)
        return pc < 0 or (beside.mode == Mode.RUN and stops(self.klass[pc], self.m.state.iflag[cpu]))

    def place(self, cpu):
        """The context that a CPU runs, and where that is."""
        context = self.m.state.cur[cpu]
        return context, -1 if self.m.state.halted[cpu] else self.m.state.pc[context]


def needed(system, state, room, cpu):
    """The registers that the function that a CPU is in still needs; a context has room for so many."""
    context = state.cur[cpu]
    mask = system.image.live[state.pc[context]]
    return [state.regs[context * room + number] for number in range(room) if mask >> number & 1]


def ghosts(system):
    """The addresses of words that only assertions look at: who has been interrupted may have yet to write them."""
    uses = {(insn.of.cls, insn.of.field) for insn in system.image.insns if insn.of is not None}
    fields = {name for cls, name in uses if struct_of(cls).fields[name].guard == "ghost"}
    names = SystemNames(system)
    places = {at: names.place(at, 0) for at in range(len(system.image.memory))}
    return {at for at, place in places.items() if re.sub(r"\[\d+\]$", "", place).rpartition(".")[2] in fields}


def stops(own, flag):
    """Whether a move ends before an instruction of a class, where interrupts are on if `flag`."""
    return bool(own & Class.STOP or (own & Class.GUARDED and flag))


class Translated:
    """What happened in a run, in the order in which moves of the search would have it happen."""

    def __init__(self, system, klass):
        self.insns, self.klass = system.image.insns, klass
        self.at = {}  # by what has happened: where in the order it stands
        self.told = []
        self.open = {}  # by CPU: the first instruction of its step, by its number in `told`

    def add(self, told):
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

    def reads(self, pc):
        """Whether an instruction reads a word that others write."""
        row = ROWS[self.insns[pc].op]
        return row.access == "load" and "memory" in row.touches

    def moves(self):
        """In order, up to where all CPUs were at rest last: beyond, a look may not have come to its end."""
        order = sorted(self.at, key=lambda each: (self.at[each], each))
        found = [self.told[number] for number in order]
        rests = [place for place, told in enumerate(found) if isinstance(told, AtRest)]
        return found[: rests[-1] + 1] if rests else []


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


class Follower:
    """A search that goes the way of a run; AssertionError where it has no such move, or is in another state."""

    def __init__(self, system, *, tso=False):
        budgets = {each.name: MOST for each in system.devices if limit_of(each) < 0}
        bounds = Bounds(ring=RING, tso=tso, budgets=budgets)
        self.system, self.checker, self.state = system, Checker(system, bounds), 0
        self.klass = classes_of(system, bounds)
        self.machine = self.checker.s.machine.state
        self.memory = self.checker.buffer.array("machine.state.mem")
        self.regs = self.checker.buffer.sizes["REGS"]
        self.ghosts = ghosts(system)
        self.done, self.last = Followed(), -1
        self.checker.show(0)

    def go(self, kind, who, choices=0):
        """Make a move."""
        move = kind << 24 | who << 16 | choices
        _, edges = self.checker.look_round(self.state)
        there = dict(edges)
        assert move in there, f"no {Move(kind).name} of {who} with {choices:x} in the search"
        self.state = there[move]
        self.checker.show(self.state)

    def accept(self, told):
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
        raise AssertionError("no such interrupt is taken in the search")

    def settle(self, cpu):
        """What a CPU has stored becomes visible, and it goes on to where its next move begins."""
        while True:
            if self.checker.s.buffered[cpu]:
                self.go(Move.VISIBLE, cpu)
                self.done.visible += 1
            elif self.machine.halted[cpu] or stops(self.klass[self.place(cpu)[1]], self.machine.iflag[cpu]):
                return
            else:
                self.go(Move.STEP, cpu)

    def place(self, cpu):
        """The context that a CPU runs, and where that is; -1 if the CPU is halted."""
        context = self.machine.cur[cpu]
        return context, -1 if self.machine.halted[cpu] else self.machine.pc[context]

    def follow_all(self, moves):
        """All that happened; how much that was."""
        for number, told in enumerate(moves):
            try:
                self.follow(told)
            except AssertionError as error:
                raise AssertionError(f"move {number}: {describe(self.system, told)}: {error}") from error
        return self.done

    def follow(self, told):
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
            assert self.place(told.cpu) == (told.context, told.pc), "the search is at another instruction"
            self.go(Move.STEP, told.cpu, told.chosen)
            self.done.steps += 1
            self.done.switches += self.last not in (-1, told.cpu)
            self.last = told.cpu
            self.settle(told.cpu)

    def compare(self, told):
        """Every word of memory but those of assertions, and what every CPU runs."""
        cpus = range(self.system.cpus)
        mine = self.memory[: len(told.memory)].tolist()
        differ = {at for at, pair in enumerate(zip(mine, told.memory, strict=True)) if pair[0] != pair[1]}
        assert not differ - self.ghosts, f"words {sorted(differ - self.ghosts)} differ"
        assert [self.place(cpu) for cpu in cpus] == told.running, "CPUs are elsewhere in the search"
        registers = [needed(self.system, self.machine, self.regs, cpu) for cpu in cpus]
        assert registers == told.registers, "registers differ"
        self.done.compared += 1


def follow_run(system, machine, *, time, seed=1, most=5000, tso=False):
    """Simulate, and follow the run in the search. AssertionError with the step that the search does not have."""
    system = replace(system, manners=load_model(machine).manners)
    follower = Follower(system, tso=tso)
    return follower.follow_all(simulated(system, machine, follower.klass, time=time, seed=seed, most=most))


def simulated(system, machine, klass, *, time, seed=1, most=5000):
    """What happens in a run, in the order of the search's moves."""
    translated = Translated(system, klass)
    for told in Simulated(system, machine, klass, seed).happenings(time, most):
        translated.add(told)
    return translated.moves()


def describe(system, told):
    """In words."""
    if isinstance(told, Executed):
        insn, function = system.image.insns[told.pc], system.image.function_at(told.pc)
        return f"CPU {told.cpu}, context {told.context}, {told.pc} {insn.op} of {function.name}"
    return "all CPUs are at rest" if isinstance(told, AtRest) else repr(told)
