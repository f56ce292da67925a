"""What is watched: a system, and what its scenario declared, by the numbers that the machine knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import splx
from splx.kernel.interface.lines import intrcpu
from splx.kernel.interface.locks import MUTEX_SIMPLE, MUTEX_SPIN, MUTEX_TOKEN
from splx.kernel.interface.lwp import LW_BOUND, LW_SYSTEM, Lwp, ci
from splx.kernel.interface.rw import READERS, RW_WRITING
from splx.lockdep.model import THREAD, Actor, Lock
from splx.scenario.mutants import is_mutants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splx.base.diagnostics import Span
    from splx.scenario.design import Design
    from splx.scenario.scene import Scenario
    from splx.scenario.system import System

#: The owner in the word of a sleeping lock: below it are flags, above it readers.
OWNER = (1 << READERS) - 8

_OURS = Path(splx.__file__).resolve().parent
_LIBRARY = _OURS / "scenario" / "library"

#: A function and a place in it, or that of the call it is in.
Frame = tuple[Any, "Span"]


@cache
def is_users(file: str) -> bool:
    """Whether a file is the user's, or a scenario that comes with splx."""
    path = Path(file).resolve()
    return path.is_relative_to(_LIBRARY) or not (path.is_relative_to(_OURS) or is_mutants(path))


class Subject:
    """See the module. Whoever holds locks is known by the address of a thread, or by -1 - the number of a frame."""

    def __init__(self, system: System, scenario: Scenario, design: Design) -> None:
        self.system, self.scenario, self.design = system, scenario, design
        self.image = system.image
        self.big = Lock("kernel_lock", 0, "", spins=True, counted=False, span=None, big=True, let_go=True)
        #: address of the word -> lock
        self.locks: dict[int, Lock] = dict(self._locks())
        #: address of a struct -> lock; of a rwlock that is where its mutex is, which lies first in it
        self.structs = {self.image.address_of(each): self.locks[self.image.address_of(each, "word")]
                        for each in self._declared() if self._linked(each)}  # fmt: skip
        #: the lock that many may read under -> where its words are: the owner, and how many read
        self.many = dict(self._many())
        self.lwps = {self.image.address_of(obj): obj for obj in self.image.data.statics if isinstance(obj, Lwp)}
        self._holders = {ctx: at for at, lwp in self.lwps.items() for ctx in (lwp.l_main, lwp.l_preempt)}
        self._threads = {each.name: each for each in scenario.threads}
        self.roots: dict[Any, list[tuple[str, Any]]] = {}
        for handler in scenario.handlers:
            self.roots.setdefault(handler.func, []).append(("handler", handler))
            if handler.filter is not None:
                self.roots.setdefault(handler.filter, []).append(("handler", handler))
        for softint in scenario.softints:
            self.roots.setdefault(softint.si_func, []).append(("softint", softint))
        for callout in scenario.callouts:
            self.roots.setdefault(callout.c_func, []).append(("callout", callout))
        self.level_words = [self._level_word(cpu) for cpu in range(system.cpus)]
        self.big_counts = [self.image.address_of(ci, "biglock_count", cpu=cpu) for cpu in range(system.cpus)]
        self._levels = self._frame_levels()

    # ---- locks and levels

    def _linked(self, lock: Any) -> bool:  # noqa: ANN401 - a lock of the scenario
        try:
            self.image.address_of(lock)
        except KeyError:
            return False
        return True

    def _declared(self) -> Iterator[Any]:
        yield from self.scenario.locks
        yield from (each.rw_lock for each in self.scenario.rwlocks)

    def _locks(self) -> Iterator[tuple[int, Lock]]:
        for rwlock in self.scenario.rwlocks:
            if self._linked(rwlock.rw_lock):
                name, span = rwlock.about.name, rwlock.about.site.span
                made = Lock(name, 0, "IPL_NONE", spins=False, counted=False, span=span, many=True)
                yield self.image.address_of(rwlock.rw_lock, "word"), made
        for each in self.scenario.locks:
            if self._linked(each):
                kind = self.image.memory[self.image.address_of(each, "kind")]
                about = each.about
                level = self.design.level(about.level)
                spins = kind in (MUTEX_SPIN, MUTEX_SIMPLE)
                made = Lock(
                    about.name,
                    level,
                    about.level,
                    spins,
                    kind == MUTEX_SPIN,
                    about.site.span,
                    let_go=kind == MUTEX_TOKEN,
                )
                yield self.image.address_of(each, "word"), made

    def _many(self) -> Iterator[tuple[Lock, tuple[int, int]]]:
        for each in self.scenario.rwlocks:
            if self._linked(each.rw_lock):
                word, count = self.image.address_of(each.rw_lock, "word"), self.image.address_of(each, "rw_readers")
                yield self.locks[word], (word, count)

    def who(self, lock: Lock, memory: Sequence[int]) -> tuple[int, int]:
        """Who has a lock that many may read under to write, 0 nobody, and how many have it to read."""
        word, count = self.many[lock]
        if self.design.has("rwlock_rt"):
            return memory[word] & OWNER if memory[count] & RW_WRITING else 0, memory[count] & (RW_WRITING - 1)
        return memory[word] & OWNER, memory[word] >> READERS

    def level_field(self) -> tuple[type, str]:
        """The variable of a CPU in which the design keeps its level: what `spl_level` reads."""
        for insn in self.image.insns:
            if insn.function == "spl_level" and insn.of is not None:
                return insn.of.cls, insn.of.field
        raise LookupError("spl_level reads nothing")

    def _level_word(self, cpu: int) -> int:
        cls, field = self.level_field()
        holder = next(obj for obj in self.image.data.per_cpu if isinstance(obj, cls))
        return self.image.address_of(holder, field, cpu=cpu)

    def _frame_levels(self) -> dict[int, int]:
        """The level that each frame runs at."""
        found = {}
        for cpu in range(self.system.cpus):
            first = self.image.address_of(intrcpu, "frame", cpu=cpu)
            for level in range(len(self.design.rungs)):
                frame = self.image.memory[first + level]
                if frame > 0:
                    found[frame] = level
        return found

    def level_name(self, level: int) -> str:
        """What the design calls a level."""
        return self.design.rungs[level][0]

    @property
    def has_big(self) -> bool:
        """Whether the design has a big lock: somebody counts its holds."""
        counts = (type(ci), "biglock_count")
        return any(insn.of is not None and (insn.of.cls, insn.of.field) == counts for insn in self.image.insns)

    # ---- who it is

    def holder(self, context: int) -> int:
        """Who holds what code in `context` takes."""
        return self._holders.get(context, -1 - context)

    def thread_of(self, holder: int) -> Lwp | None:
        """The thread that a holder is, None for a frame."""
        return self.lwps.get(holder)

    def actor(self, holder: int, cpu: int, frames: Sequence[Frame]) -> Actor | None:
        """Who that is; None for an interrupt of which nothing of the user's runs yet."""
        lwp = self.lwps.get(holder)
        if lwp is not None and lwp.l_flag & LW_SYSTEM == 0:
            return self._thread(lwp)
        for func, _ in reversed(frames):
            if func in self.roots:
                return self._interrupt(func, holder, cpu, threaded=lwp is not None)
        return None

    def likely(self, holder: int, cpu: int) -> Actor | None:
        """Who an interrupt is that has not come to anything of the user's: by its level, and that it wants the big
        lock.
        """
        level = self._levels.get(-1 - holder)
        for func, roots in self.roots.items():
            for kind, decl in roots:
                here = kind != "handler" or decl.device.cpu == cpu
                mpsafe = decl.mpsafe if kind == "handler" else decl.si_mpsafe if kind == "softint" else decl.c_mpsafe
                if here and self.level_of((kind, decl)) == level and (not mpsafe or self.design.has("biglock_2006")):
                    return self._interrupt(func, holder, cpu, threaded=False)
        return None

    def _thread(self, lwp: Lwp) -> Actor | None:
        name = self.image.data.names.get(id(lwp), "")
        decl = self._threads.get(name)
        if decl is None:
            return None
        bound = lwp.l_flag & LW_BOUND != 0
        cpus = frozenset((lwp.l_cpu,)) if bound else frozenset(range(self.system.cpus))
        return Actor("thread", name, THREAD, "", cpus, threaded=True, span=decl.site.span)

    def _interrupt(self, func: Any, holder: int, cpu: int, *, threaded: bool) -> Actor:  # noqa: ANN401 - a function
        candidates = self.roots[func]
        at = self._levels.get(-1 - holder)
        levels = [self.level_of(each) for each in candidates]
        number = levels.index(at) if at in levels else 0
        kind, decl = candidates[number]
        span = decl.site.span if kind == "handler" else decl.about.site.span
        name = func.__name__ if kind == "handler" else decl.about.name
        level_name = decl.level if kind == "handler" else decl.about.level
        return Actor(kind, name, levels[number], level_name, frozenset((cpu,)), threaded, span)

    def level_of(self, root: tuple[str, Any]) -> int:
        """The level of a handler, softint or callout."""
        kind, decl = root
        return self.design.level(decl.level if kind == "handler" else decl.about.level)

    # ---- where it is

    def frames(self, pc: int, regs: Sequence[int]) -> list[Frame]:
        """The functions that control is in, innermost first, compiled-in ones among them."""
        found: list[Frame] = []
        for at in self.image.calls(pc, regs):
            insn = self.image.insns[at]
            origin: Any = insn.origin
            for span in (insn.span, *insn.chain):
                found.append((origin.function.func, span))
                origin = origin.outer
        return found

    @staticmethod
    def users(frames: Sequence[Frame]) -> tuple[int, Span] | None:
        """The innermost place in the user's text, and how many frames are above it."""
        return next(((n, span) for n, (_, span) in enumerate(frames) if is_users(span.file)), None)
