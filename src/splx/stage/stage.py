"""A stage: a system on the real machine, moved by hand, one instruction or interrupt at a time.

Every move is answered by what happened, in the language of drawings, and kept in `log`; but for a silent stage, of
which only what stands at the end is asked: there most of the time would go into saying what nobody hears.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from splx.lang.plain import plain
from splx.machine.constants import Finding, Mode
from splx.machine.directing import advance, arrival, interrupted, is_sent_again, sent_again, waiting, worked
from splx.machine.table import ROWS
from splx.scenario.names import SystemNames
from splx.stage.buffers import StoreBuffers
from splx.stage.load import Knobs, load, timeless
from splx.story.events import CALLED, CHOICES, Observer
from splx.story.language import Accept, Arrival, Event, Fails, Returns, Stops, Visible, Write, is_it

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from splx.lang.buffer import Buffer
    from splx.lang.sizes import Sizes
    from splx.machine.state import Machine
    from splx.scenario.system import System
    from splx.story.events import Look

_HALTED, _WORKS = int(Mode.HALTED), int(Mode.WORK)
_MOVES: tuple[Callable[..., Any], ...] = (worked, advance, interrupted, is_sent_again, sent_again, waiting, arrival)


class Stage:
    """See the module. `levels` are the names of the design's levels; `engine` is "native" or "plain". A `silent` one
    does the same, and says nothing of its steps.
    """

    def __init__(
        self, system: System, levels: Mapping[str, int] | None = None, engine: str = "native", *, silent: bool = False
    ) -> None:
        self.system, self.silent = system, silent
        self.names = SystemNames(system, levels)
        self.buffer: Buffer[Machine] = load(system, timeless(system), Knobs(park=False, run_ahead=False))
        self.machine = self.buffer.view()
        self.observer = Observer(system.image, self.names)
        self.log: list[tuple[int, Event]] = []
        self.whose: list[int] = []  # of each event in the log, the context that it is of
        #: CPUs all of whose plain stores stay in their buffers
        self.holding: set[int] = set()
        self._moves = _moves(engine, self.buffer.sizes)
        self._memory: Any = self.buffer.array("state.mem")
        self._regs: Any = self.buffer.array("state.regs")
        self._at: Any = self.buffer.array("state.pc")
        self._current: Any = self.buffer.array("state.cur")
        self._status: Any = self.buffer.array("state.status")
        self._beside = self.machine.beside
        self._cpus = [self._beside.cpus[cpu] for cpu in range(system.cpus)]
        self._route: Any = self.buffer.array("state.route")
        self._window = self.buffer.sizes["REGS"]
        self._buffers = StoreBuffers(self._memory, system.cpus)
        self._here: tuple[int, list[int]] | None = None  # what `Placed` says of where the context that moves is
        self._apart = False  # whether who moves is a context that no CPU runs
        self._untold: dict[int, list[tuple[tuple[int, list[int]] | None, list[Event]]]] = {}  # of these, what they did

    # ---- what can be seen

    def context(self, cpu: int) -> int:
        """The context that a CPU runs."""
        return int(self._current[cpu])

    def pc(self, context: int) -> int:
        """Where a context is."""
        return int(self._at[context])

    def registers(self, context: int) -> Sequence[int]:
        """The registers of a context."""
        found: Sequence[int] = self._regs[context * self._window : (context + 1) * self._window]
        return found

    def word(self, address: int) -> int:
        """A word, as the CPU that moves sees it."""
        return int(self._memory[address])

    def find(self, cpu: int, place: str) -> list[int]:
        """The addresses that code on `cpu` can mean by a place."""
        return self.names.find(place, cpu)

    def halted(self, cpu: int) -> bool:
        """Whether the CPU waits for an interrupt."""
        return bool(self._cpus[cpu].mode == _HALTED)

    def works(self, cpu: int) -> bool:
        """Whether the CPU is at work: its next step is the end of that."""
        return bool(self._cpus[cpu].mode == _WORKS)

    def due(self, cpu: int) -> str:
        """The irq that the CPU would take now, "" if none."""
        return next(self.dues(cpu), "")

    def dues(self, cpu: int) -> Iterator[str]:
        """That one, and then those that it would take if what is under way to it and comes before has not come yet."""
        for late in range(len(self.system.irqs)):
            irq = self._moves["waiting"](self.buffer, cpu, late)
            if irq < 0:
                return
            yield self.names.thing("irq", irq).text

    def sent_again(self, cpu: int, name: str) -> bool:
        """Whether, when the CPU takes that irq, another may be on its way."""
        irq = self.names.irq(name, cpu, self._route)
        return irq is not None and bool(self._moves["is_sent_again"](self.buffer, irq))

    @property
    def stopped(self) -> bool:
        """Whether the machine has found something wrong: nothing moves any more."""
        return bool(self._beside.finding)

    def whereabouts(self) -> tuple[list[int], list[int]]:
        """Where every context is, and whether it is there at all."""
        many = len(self.system.contexts)
        return self._at[:many].tolist(), self._status[:many].tolist()

    def words(self) -> list[int]:
        """Memory, as all see it."""
        found: list[int] = self._memory.tolist()
        return found

    def state(self) -> bytes:
        """Everything that decides what can happen next."""
        return b"".join(bytes(each) for each in (self._memory, self._regs, self._at, self._current))

    # ---- moves

    def step(self, cpu: int, wanted: Sequence[Event] = (), choice: int = -1) -> list[Event]:
        """The next instruction of a CPU, which is not halted; or, if it is at work, the end of that.

        A store that is among `wanted` as one that stays in the buffer stays there; a choice is as `wanted` has it, or
        `choice`.
        """
        if self.silent:
            self._step_unseen(cpu, choice)
            return []
        before = self.observer.look(self, cpu)
        if self._moves["worked"](self.buffer, cpu):
            return self._tell(cpu, self.observer.moved(before, self), before.context)
        events: list[Event] = []
        if ROWS[before.insn.op].drains:
            events += self.drain(cpu)
        old = self._memory[before.address] if before.address else 0
        self._buffers.begin(cpu)
        self._moves["advance"](self.buffer, cpu)
        if before.insn.op in CHOICES:
            self._decide(before, wanted)
            if choice >= 0:
                self._regs[before.context * self._window + before.insn.dst] = choice
        if self.stopped:
            events += [*self.observer.asked(before), Stops(self._finding())]
        else:
            events += self._kept(before, self.observer.events(before, self), old, wanted)
        self._buffers.end()
        return self._tell(cpu, events, before.context)

    def _step_unseen(self, cpu: int, choice: int) -> None:
        """The same as `step` with nothing wanted, of which nobody says anything."""
        context = self.context(cpu)
        insn, regs = self.system.image.insns[self.pc(context)], self.registers(context)
        if self._moves["worked"](self.buffer, cpu):
            return
        row = ROWS[insn.op]
        if row.drains:
            self.drain(cpu)
        stores = row.shared and not row.drains and row.access not in ("", "load")
        kept = stores and (cpu in self.holding or self._buffers.holds(cpu))
        address = self.observer.address(insn, cpu, regs) if kept else 0
        old = self._memory[address]
        self._buffers.begin(cpu)
        self._moves["advance"](self.buffer, cpu)
        if choice >= 0 and insn.op in CHOICES:
            self._regs[context * self._window + insn.dst] = choice
        if kept and not self.stopped:
            self._buffers.keep(cpu, address, old)
        self._buffers.end()

    def step_apart(self, context: int) -> None:
        """The next instruction of a context that no CPU runs, one on registers alone. It is told when a CPU runs it."""
        begins = [] if self.silent else self.observer.begins(self, context)
        if begins:
            self._untold[context] = [(None, begins)]
        current, self._current[0], self._apart = self.context(0), context, True
        self.step(0)
        self._current[0], self._apart = current, False

    def _tell(self, cpu: int, events: list[Event], context: int) -> list[Event]:
        """Say what a step was; and if a CPU runs a context now that has moved without one, what that did."""
        if self._apart:
            self._untold.setdefault(context, []).append((self._here, events))
            return events
        told = self._say(cpu, events, context)
        now = self.context(cpu)
        for here, more in self._untold.pop(now, ()):
            self._here = here
            told = told + self._say(cpu, more, now)
        return told

    def _kept(self, before: Look, events: list[Event], old: int, wanted: Sequence[Event]) -> list[Event]:
        """Keep a plain store back if that is wanted, or if those before it are kept back. A compare-and-swap that fails
        writes back what was there.
        """
        row = ROWS[before.insn.op]
        if not row.shared or row.drains or not events or not isinstance(events[0], (Write, Fails)):
            return events
        first, others = events[0], events[1:]
        if isinstance(first, Fails):
            back = self.names.content(before.address, self.word(before.address))
            first, others = Write(first.place, back, first.how), events
        first = replace(first, buffered=True)
        meant = before.cpu in self.holding or any(is_it(each, first, self.names) for each in wanted)
        if meant or self._buffers.holds(before.cpu):
            self._buffers.keep(before.cpu, before.address, old)
            return [first, *others]
        return events

    def _decide(self, before: Look, wanted: Sequence[Event]) -> None:
        """The outcome of a choice is the one that is wanted."""
        for each in wanted:
            if isinstance(each, Returns) and each.name == CALLED[before.insn.op] and each.value is not None:
                number = self.names.number_of(each.value.text)
                if number is not None:
                    self._regs[before.context * self._window + before.insn.dst] = number

    def interrupt(self, cpu: int, name: str, *, again: bool = False) -> list[Event]:
        """The CPU takes the irq of that name; nothing happens if it may not. `again`: another one is on its way."""
        irq = self.names.irq(name, cpu, self._route)
        if irq is None or not self._moves["interrupted"](self.buffer, cpu, irq):
            return self._say(cpu, [Accept(name), Stops(self._finding())]) if self.stopped else []
        if again:
            self._moves["sent_again"](self.buffer, irq)
        self._untold.pop(self.context(cpu), None)
        return self._say(cpu, [*self.drain(cpu), Accept(name), *self.observer.entered(self, cpu)])

    def quiet(self, name: str) -> bool:
        """Whether that is a device, and one that does not interrupt."""
        device, state = self.names.device(name), self.machine.state
        irq = -1 if device is None else self.system.devices[device].irq
        return irq >= 0 and not (state.wire[irq] or state.latch[irq])

    def goes_to(self, device: int) -> int:
        """The CPU that the line of a device goes to now."""
        return int(self._route[self.system.devices[device].irq])

    def arrive(self, cpu: int, name: str) -> list[Event]:
        """An item arrives at the device of that name, if its irq goes to this CPU."""
        device = self.names.device(name)
        if device is None or self.goes_to(device) != cpu:
            return []
        self._moves["arrival"](self.buffer, device)
        return self._say(cpu, [Arrival(name)])

    def drain(self, cpu: int, until: Callable[[Event], bool] = lambda _: False) -> list[Event]:
        """The stores that were kept back become visible, in order: all, or up to the one that is meant."""
        events: list[Event] = []
        while self._buffers.holds(cpu):
            events.append(Visible(self.names.place(self._buffers.oldest(cpu), cpu)))
            if until(events[-1]):
                break
        return events

    def holds(self, cpu: int) -> bool:
        """Whether stores of a CPU are kept back."""
        return self._buffers.holds(cpu)

    def kept(self) -> list[list[tuple[int, int]]]:
        """The stores of each CPU that are kept back: address and value, oldest first."""
        return self._buffers.kept()

    def kept_of(self, cpu: int) -> int:
        """How many stores of a CPU are kept back."""
        return self._buffers.count(cpu)

    def see_oldest(self, cpu: int) -> list[Event]:
        """The oldest store that was kept back becomes visible."""
        return self._say(cpu, self.drain(cpu, lambda _: True))

    def see(self, cpu: int, drawn: Event | None = None) -> list[Event]:
        """A store that was kept back becomes visible, and with it those before it; or only the oldest."""
        return self._say(cpu, self.drain(cpu, lambda event: drawn is None or is_it(drawn, event, self.names)))

    def _say(self, cpu: int, events: list[Event], context: int = -1) -> list[Event]:
        if self.silent:
            return events
        self.log += [(cpu, event) for event in events]
        self.whose += [context if context >= 0 else self.context(cpu)] * len(events)
        return events

    def _finding(self) -> str:
        beside = self.machine.beside
        finding = Finding(beside.finding)
        if finding in (Finding.ASSERT, Finding.PANIC):
            return self.system.image.messages[beside.find_a].said
        return finding.name.lower().replace("_", " ")


def _moves(engine: str, sizes: Sizes) -> Mapping[str, Callable[..., Any]]:
    if engine == "plain":
        return {each.__name__: plain(each, sizes) for each in _MOVES}
    from splx.lang.native import compiled  # noqa: PLC0415 - plain runs need no compiler

    return compiled(_MOVES, sizes)
