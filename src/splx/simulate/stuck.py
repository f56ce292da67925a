"""Deadlocks, seen from outside: a system in which nothing can move, and circles of waiting.

The machine goes on to the end of the time asked for whatever happens; these two are looked for between its pieces.

- *Nothing can move*: every CPU spins or is halted, and no event that is under way can interrupt one of them. It is
  certain for whoever spins, and for a thread that sleeps on a held lock. A thread that sleeps for an event may be
  meant to: that is a note of the result.
- *A circle*: everybody in it waits for a lock that the next one holds. CPUs spin on spin locks and big locks, threads
  sleep on locks with an owner. Nobody in it can let go, whatever the devices do.

A spin of any other kind may end with the next interrupt: at the end of a run it is a note.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.base.diagnostics import Diagnostic
from splx.base.units import show_duration
from splx.kernel.interface.locks import MUTEX_SIMPLE, MUTEX_SPIN, Mutex
from splx.kernel.interface.lwp import LSSLEEP, Lwp
from splx.lang.struct import KernelStruct
from splx.machine.constants import F_IMM, F_OWN, NOREG, Mode
from splx.machine.lines import elsewhere
from splx.scenario.names import SystemNames
from splx.simulate import codes
from splx.simulate.findings import is_users
from splx.simulate.trail import drawing, retrace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from splx.base.diagnostics import Span
    from splx.base.units import Ps
    from splx.lang.buffer import Buffer
    from splx.machine.state import Machine
    from splx.scenario.system import System
    from splx.simulate.engine import Engine

_FLAGS = 7  # the low bits of a reference
LONG = 10  # a spin is worth a note if it lasts for one part in so many of the run


@dataclass(frozen=True, slots=True)
class Waiter:
    """Who waits: `name` and context, CPU if it spins (-1: a thread that sleeps); `what` it waits for; `owner` the name
    of who holds that, "" if nobody is known to; `lock`: only its owner can end the wait; `since` when, ps, -1 unknown.
    """

    name: str
    context: int
    cpu: int
    what: str
    owner: str
    lock: bool
    since: Ps = -1

    def __str__(self) -> str:
        verb = "spins on" if self.cpu >= 0 else "sleeps on"
        held = f", held by {self.owner}" if self.owner else ""
        since = f", since {show_duration(self.since)}" if self.since >= 0 else ""
        return f"{self.name} {verb} {self.what}{held}{since}"


def still(buffer: Buffer[Machine]) -> bool:
    """Whether no CPU runs, and nothing that is under way can make one run."""
    machine = buffer.view()
    cpus = range(machine.tables.n_cpus)
    if any(machine.beside.cpus[c].mode <= Mode.WORK for c in cpus):
        return False
    return not any(_takes(machine, irq) for irq in _coming(machine, buffer.sizes["DEVS"]))


def _coming(machine: Any, devs: int) -> Iterator[int]:  # noqa: ANN401 - a view
    """The irqs that an event under way may raise. Arrivals of a device that may not interrupt raise nothing."""
    beside, state = machine.beside, machine.state
    for n in range(beside.n_events):
        slot = beside.heap[n]
        if slot >= devs:
            yield slot - devs
        elif state.dev_enable[slot] != 0 and beside.devices[slot].irq >= 0:
            yield beside.devices[slot].irq


def _takes(machine: Any, irq: int) -> bool:  # noqa: ANN401 - a view
    """Whether the CPU that `irq` goes to would take it now."""
    state, tables = machine.state, machine.tables
    c = state.route[irq]
    quiet = state.masked[irq] != 0 or (state.service[irq] >= 0 and not elsewhere(machine, irq))
    if quiet or state.iflag[c] == 0 or tables.irq_prio[irq] <= state.level[c]:
        return False
    if tables.gate_by_priority == 0:
        return True
    served = [tables.irq_prio[k] for k in range(tables.n_irqs) if c in (state.service[k], state.left[k])]
    return bool(tables.irq_prio[irq] > max(served, default=0))


class Look:
    """Who waits for what in a system that has been run so far."""

    def __init__(self, buffer: Buffer[Machine], system: System) -> None:
        self.system = system
        self.machine = buffer.view()
        self._names: SystemNames | None = None  # costly, and seldom wanted
        self._memory: Any = buffer.array("state.mem")
        self._regs: Any = buffer.array("state.regs")
        self._window = buffer.sizes["REGS"]
        data = system.image.data
        self._statics = sorted((data.address(obj), obj) for obj in data.statics if not isinstance(obj, Lwp))
        self._starts = [at for at, _ in self._statics]
        self._threads = {data.address(obj): obj for obj in data.statics if isinstance(obj, Lwp)}

    def waiters(self) -> list[Waiter]:
        """CPUs that spin, then threads that sleep."""
        spinning = [self._spinning(c) for c in range(self.system.cpus) if self._mode(c) == Mode.PARKED]
        asleep = [at for at in sorted(self._threads) if self._of(at, "l_stat") == LSSLEEP]
        return [*spinning, *(self._asleep(at) for at in asleep)]

    def calls(self, waiter: Waiter) -> list[tuple[str, Span]]:
        """The calls that a waiter is in, innermost first."""
        pc = self.machine.state.pc[waiter.context]
        return self.system.image.unwind(pc, self._registers(waiter.context))

    def _mode(self, cpu: int) -> int:
        return int(self.machine.beside.cpus[cpu].mode)

    def _registers(self, context: int) -> Sequence[int]:
        found: Sequence[int] = self._regs[context * self._window : (context + 1) * self._window].tolist()
        return found

    def _spinning(self, cpu: int) -> Waiter:
        context = self.machine.state.cur[cpu]
        words = list(dict.fromkeys(self._looked_at(cpu, context)))
        what = " and ".join(self._place(each, cpu) for each in words) or "something"
        owners = [self.holder(each) for each in words]
        owner, lock = owners[0] if len(owners) == 1 else ("", False)
        return Waiter(f"cpu{cpu}", context, cpu, what, owner, lock, self.machine.beside.cpus[cpu].begin)

    def _looked_at(self, cpu: int, context: int) -> Iterator[int]:
        """The shared words that the busy-wait at hand reads. Its registers are still those of the last look."""
        image, regs, pc = self.system.image, self._registers(context), self.machine.state.pc[context]
        while image.insns[pc].op != "SPIN":
            insn = image.insns[pc]
            if insn.op in ("LD", "LDX"):
                own = image.percpu_base + cpu * image.percpu_stride if insn.flags & F_OWN else 0
                base = own if insn.a == NOREG else regs[insn.a]
                yield base + insn.imm + (regs[insn.b] if insn.op == "LDX" and not insn.flags & F_IMM else 0)
            pc += 1

    def _place(self, address: int, cpu: int) -> str:
        """A word, as code on `cpu` calls it."""
        self._names = self._names or SystemNames(self.system)
        return self._names.place(address, cpu)

    def _asleep(self, at: int) -> Waiter:
        channel = self._of(at, "l_wchan")
        obj = self._static(channel)
        data = self.system.image.data
        owner, lock = self.holder(channel) if isinstance(obj, Mutex) else ("", False)
        what = data.name_of(channel, struct=True) if channel != at else "its own wakeup"
        name = data.name(self._threads[at])
        if owner == name:  # the lock was handed to it, and whoever did that is about to wake it
            owner, lock = "", False
        return Waiter(name, self._of(at, "l_ctx"), -1, what, owner, lock)

    def holder(self, address: int) -> tuple[str, bool]:
        """Who holds the lock that a word belongs to, and whether only they can end the wait for it."""
        obj = self._static(address)
        if isinstance(obj, Mutex):
            word = self._of(address, "word", obj)
            if self._of(address, "kind", obj) in (MUTEX_SPIN, MUTEX_SIMPLE):
                return self._cpu(word), word != 0
            owner = self._threads.get(word & ~_FLAGS)
            return (self.system.image.data.name(owner), True) if owner is not None else ("", False)
        word = self._says(address, obj)
        return self._cpu(word), word != 0

    def _says(self, address: int, obj: object) -> int:
        """What the word says that says who has the lock of which a word is waited for; 0 if it is no lock's."""
        holders = type(obj).holders if isinstance(obj, KernelStruct) else {}
        at = self.system.image.address_of
        return next((self._of(address, says, obj) for waited, says in holders.items() if at(obj, waited) == address), 0)

    def _cpu(self, word: int) -> str:
        return f"cpu{word - 1}" if 0 < word <= self.system.cpus else ""

    def _of(self, address: int, field: str, obj: object | None = None) -> int:
        """A field of the thread at `address`, or of the static `obj`."""
        obj = self._threads[address] if obj is None else obj
        return int(self._memory[self.system.image.address_of(obj, field)])

    def _static(self, address: int) -> object | None:
        """What static a word lies in."""
        at = bisect_right(self._starts, address) - 1
        return self._statics[at][1] if at >= 0 else None


def circle(waiters: Sequence[Waiter]) -> list[Waiter]:
    """Waiters each of whom waits for a lock that the next one holds, the last one's held by the first; [] if none."""
    by_name = {each.name: each for each in waiters if each.lock and each.owner}
    for start in by_name.values():
        found: list[Waiter] = []
        at: Waiter | None = start
        while at is not None and at not in found:
            found.append(at)
            at = by_name.get(at.owner)
        if at is start:
            return found
    return []


class Watcher:
    """Looks between the pieces of a run. `deadlock`: it is in one; `waits`: notes on who waited when it ended."""

    def __init__(self, buffer: Buffer[Machine], system: System) -> None:
        self.deadlock = False
        self.waits: dict[str, str] = {}
        self._buffer, self._system = buffer, system

    def look(self, last: bool) -> bool:  # noqa: FBT001 - called by whoever drives
        """Whether it is in a deadlock. Circles are looked for at the end only: others go on, and where they are when a
        piece ends depends on how fast we are.
        """
        rest = still(self._buffer)
        if rest or last:
            waiters = Look(self._buffer, self._system).waiters()
            self.deadlock = bool(_certain(waiters, rest=rest))
            if last and not self.deadlock:
                self.waits = {f"waits {each.name}": str(each) for each in _for_long(self._buffer, waiters, rest=rest)}
        return self.deadlock


def _certain(waiters: Sequence[Waiter], *, rest: bool) -> list[Waiter]:
    """Those who wait for ever, beyond doubt."""
    return circle(waiters) or [each for each in waiters if rest and (each.cpu >= 0 or each.lock)]


def _for_long(buffer: Buffer[Machine], waiters: Sequence[Waiter], *, rest: bool) -> list[Waiter]:
    """Those who may wait for ever."""
    until = buffer.view().beside.until
    return [each for each in waiters if (rest if each.cpu < 0 else (until - each.since) * LONG > until)]


def deadlock(
    buffer: Buffer[Machine], system: System, fresh: Callable[[], Buffer[Machine]], engine: Engine, steps: int
) -> Diagnostic:
    """The diagnostic of a run that a `Watcher` found in a deadlock after `steps`. `fresh` loads the same run again."""
    look = Look(buffer, system)
    waiters = look.waiters()
    found = _certain(waiters, rest=still(buffer))
    message = "each waits for a lock that the next one holds" if circle(waiters) else "nothing can move any more"
    if len(found) == 1 and circle(waiters):
        message = f"{found[0].name} waits for a lock that it holds itself"
    places = {each.name: next((span for _, span in look.calls(each) if is_users(span)), None) for each in found}
    placed = [(span, str(each)) for each in found if (span := places[each.name]) is not None]
    notes = [str(each) for each in found if places[each.name] is None]
    notes += [f"{each}: that may be meant" for each in waiters if each not in found]
    body = drawing(buffer, system, retrace(fresh, engine, steps, buffer.view().beside.until))
    span, label = placed[0] if placed else (None, "")
    return Diagnostic(
        codes.DEADLOCK,
        message,
        span,
        label,
        tuple(notes),
        related=tuple(placed[1:]),
        body=body,
    )
