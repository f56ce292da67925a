"""Who can be stuck: threads, items of devices, and what belongs to a CPU. And what each waits for, in words.

A thread is its main context and the one in which it gives way. All contexts that take interrupts on one CPU are one
group. A thread that has ended, or was never started, or is an interrupt thread between two runs, is not there; a kernel
thread that sleeps where it waits for something to do has nothing to do; the idle threads never have. An item that waits
at a device is somebody, too: it moves on when it is taken. Without a kernel, each context that exists from the start is
a thread, and has nothing to do when it halts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import splx
from splx.check.beyond import many
from splx.check.search import Class
from splx.kernel.interface.callout import CalloutCpu
from splx.kernel.interface.events import IH_FREED
from splx.kernel.interface.lines import IntrHandler
from splx.kernel.interface.lwp import LSIDL, LSONPROC, LSRUN, LSSLEEP, LSZOMB, LW_IDLE, LW_SYSTEM, Lwp
from splx.kernel.interface.sync import Workqueue
from splx.kernel.interface.wq import kworker_loop, kworker_unbound_loop
from splx.lang.struct import Struct, struct_of
from splx.machine.constants import IN_USE
from splx.machine.costs import Account
from splx.machine.table import ROWS
from splx.stage.holders import Holders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splx.scenario.names import SystemNames
    from splx.scenario.system import System

_KERNEL = Path(splx.__file__).resolve().parent
MOST_GROUPS = 61  # a bit each, and one for nobody


@dataclass(frozen=True, slots=True)
class Group:
    """Contexts that are stuck together. `lwp` is the address of the thread, 0 for those of a CPU."""

    name: str
    contexts: tuple[int, ...]
    lwp: int = 0
    ours: bool = False  # a thread of the kernel's own
    device: int = -1  # items that wait at a device
    handler: int = 0  # where the flags are of the handler of it that is removed last, 0 if none ever is
    brief: bool = False  # it is done when it returns: handlers, and interrupt threads
    rests: tuple[int, int] = (0, 0)  # asleep on one of these a thread of the kernel's own has nothing to do
    requests: bool = False  # it serves requests of workqueues, and no interrupts


@dataclass(frozen=True, slots=True)
class Stuck:
    """A group that can never move again, and how it stands."""

    group: Group
    how: str  # "spins", "sleeps", "ready", "beneath", "waits", "unheard", "loops"
    on: str = ""  # the word or object that it waits for
    context: int = -1
    wakes: bool = False  # it sleeps and can be woken, and never runs all the same


def groups_of(system: System) -> tuple[Group, ...]:
    """The groups of a system; at most MOST_GROUPS (SplxError beyond)."""
    left = dict(enumerate(each.name for each in system.contexts))
    found: list[Group] = []
    for lwp in _lwps(system):
        contexts = tuple(sorted({lwp.l_main, lwp.l_preempt} & left.keys()))
        for each in contexts:
            left.pop(each)
        if contexts and not lwp.l_flag & LW_IDLE:
            name = system.contexts[contexts[0]].name
            brief, ours = bool(lwp.l_flag & LW_SYSTEM), _is_ours(system, lwp)
            rests = _rests(system, lwp) if ours else (0, 0)
            requests = lwp.l_func in (kworker_loop, kworker_unbound_loop)
            at = system.image.address_of(lwp)
            found.append(Group(name, contexts, at, ours, brief=brief, rests=rests, requests=requests))
    by_cpu: dict[str, list[int]] = {}
    for context, name in left.items():
        spec = system.contexts[context]
        if spec.function:  # of a program without a kernel
            if spec.account != Account.IDLE:
                found.append(Group(name, (context,)))
            continue
        by_cpu.setdefault(name.rpartition("/")[2], []).append(context)
    found += [
        Group(f"interrupts of CPU {cpu}", tuple(contexts), brief=True) for cpu, contexts in sorted(by_cpu.items())
    ]
    last = _last_handlers(system)
    found += [
        Group(each.name, (), device=number, handler=last.get(number, 0))
        for number, each in enumerate(system.devices)
        if each.irq >= 0
    ]
    if len(found) > MOST_GROUPS:
        functions = (each.l_func for each in _lwps(system) if hasattr(each.l_func, "__code__"))
        raise many(len(found), MOST_GROUPS, functions)
    return tuple(found)


def _lwps(system: System) -> Iterator[Any]:
    return (each for each in system.image.data.statics if isinstance(each, Lwp))


def _last_handlers(system: System) -> dict[int, int]:
    """By device, where the flags are of its handler that stands last on the line: they are removed in that order. None
    where nobody removes any.
    """
    data, found = system.image.data, dict[int, int]()
    if not any("intr_disestablish" in each.origin.functions for each in system.image.insns):
        return found
    handlers = [each for each in data.statics if isinstance(each, IntrHandler)]
    after = {id(each.ih_next) for each in handlers}
    for first in (each for each in handlers if id(each) not in after):
        each: Any = first
        while isinstance(each, IntrHandler):
            found[each.ih_dev] = data.address(each) + data.words.offsets(struct_of(IntrHandler))["ih_flags"]
            each = each.ih_next
    return found


def _is_ours(system: System, lwp: Any) -> bool:  # noqa: ANN401 - an Lwp
    file = getattr(getattr(lwp.l_func, "__code__", None), "co_filename", "")
    return bool(file) and Path(file).resolve().is_relative_to(_KERNEL / "kernel")


def _rests(system: System, lwp: Any) -> tuple[int, int]:  # noqa: ANN401
    """On what a thread of the kernel's own waits for something to do: itself, and what it begins on, or its workqueue's
    requests. Whatever else it sleeps on, as in a function of the user's that it calls, is not nothing to do.
    """
    image, begins = system.image, lwp.l_wchan
    other = begins if isinstance(begins, Struct) else lwp
    if isinstance(lwp.l_arg, Workqueue):
        other = lwp.l_arg.wq_cv
    return image.address_of(lwp), image.address_of(other)


_SEVERAL = {
    "spins": "spin", "sleeps": "sleep", "is": "are", "lies": "lie", "goes": "go", "gets": "get", "runs": "run",
    "has": "have", "does": "do", "loops": "loop", "takes": "take",
}  # fmt: skip


def sentence(pattern: str, name: str, on: str) -> str:
    """What a group does, in words that agree with its name: "interrupts of CPU 0" are several."""
    if name.startswith("interrupts of "):
        pattern = " ".join(_SEVERAL.get(word, word) for word in pattern.split(" "))
    return pattern.format(name=name, on=on)


class Eyes:
    """Looks at the state of a machine for what groups wait for."""

    def __init__(self, system: System, names: SystemNames, klass: list[int]) -> None:
        self.system = system
        self.names = names
        self.klass = klass
        self.holders = Holders(system)
        data = system.image.data
        self._callouts = {data.address(each) for each in data.statics if isinstance(each, CalloutCpu)}
        self._offset = system.image.data.words.offsets(struct_of(Lwp))
        self.status_offset: int = self._offset["l_stat"]

    def offset(self, field: str) -> int:
        """Where in a thread one of its fields is."""
        return self._offset[field]

    def stuck(self, group: Group, state: Any) -> Stuck | None:  # noqa: ANN401 - the machine's state
        """How a group stands that can never move again; None if it has ended, or has nothing to do."""
        if group.lwp:
            return self._thread(group, state)
        if group.device >= 0:
            at, count = group.handler, state.dev_count[group.device]
            given_up = at and not state.dev_enable[group.device] and state.mem[at] & IH_FREED
            return Stuck(group, "unheard") if count and not given_up else None
        for context in group.contexts:
            if state.status[context] == IN_USE and state.runs_on[context] >= 0:
                if state.halted[state.runs_on[context]]:
                    return None
                return self._running(group, state, context)
        used = [each for each in group.contexts if state.status[each] == IN_USE]
        return Stuck(group, "beneath", "", used[0]) if used else None

    def _thread(self, group: Group, state: Any) -> Stuck | None:  # noqa: ANN401
        status, channel = (state.mem[group.lwp + self._offset[each]] for each in ("l_stat", "l_wchan"))
        if status in (LSIDL, LSZOMB) or (group.ours and status == LSSLEEP and channel in (0, *group.rests)):
            return None
        if status == LSSLEEP:
            return Stuck(group, "sleeps", self._thing(channel, state.mem))
        if status == LSRUN:
            return Stuck(group, "ready")
        for context in group.contexts:
            if state.runs_on[context] >= 0:
                return self._running(group, state, context)
        return Stuck(group, "beneath" if status == LSONPROC else "waits", "", group.contexts[0])

    def _running(self, group: Group, state: Any, context: int) -> Stuck:  # noqa: ANN401
        pc = state.pc[context]
        if self.klass[pc] & Class.WAITS:
            return Stuck(group, "spins", self._word(state, context, pc), context)
        return Stuck(group, "waits", "", context)

    def _word(self, state: Any, context: int, pc: int) -> str:  # noqa: ANN401
        """The word that the busy-wait at `pc` looks at."""
        insns = self.system.image.insns
        while ROWS[insns[pc].op].access != "load" and insns[pc].op != "SPIN":
            pc += 1
        insn = insns[pc]
        if insn.op != "LD":
            return ""
        regs = len(state.regs) // len(state.pc)
        base = state.regs[context * regs + insn.a] if insn.a != 0xFFFF else 0
        return self.names.place(base + insn.imm, state.runs_on[context])

    def runs(self, channel: int, memory: Sequence[int]) -> tuple[int, int]:
        """Of a channel that is a CPU's callouts, the one that runs there and its thread; of any other (0, 0). Whoever
        sleeps on it waits until that one has run: its end wakes them all.
        """
        if channel not in self._callouts:
            return 0, 0
        fields = self.system.image.data.words.offsets(struct_of(CalloutCpu))
        return memory[channel + fields["cc_active"]], memory[channel + fields["cc_lwp"]]

    def _thing(self, channel: int, memory: Sequence[int]) -> str:
        address = self.runs(channel, memory)[0] or channel
        return self.names.place(address, 0).partition(".")[0] if address else ""
