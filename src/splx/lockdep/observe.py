"""The observer: told where control is, it keeps account of who holds which locks and who waits for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splx.kernel.interface.rw import RW_READER
from splx.lockdep import codes
from splx.lockdep.model import CLOSED, THREAD, Actor, Ask, Broken, Edge, Facts, Held, Lock
from splx.lockdep.points import BIG, ENTER, SLEEP, TRY, Points, address
from splx.lockdep.subject import OWNER
from splx.machine.constants import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from splx.base.diagnostics import Span
    from splx.lang.buffer import Buffer
    from splx.lockdep.points import Point
    from splx.lockdep.subject import Frame, Subject
    from splx.machine.state import Machine


@dataclass(slots=True)
class Hold:
    """A lock that is held now. `actor` is None as long as an interrupt has not come to the user's handler. `level` is
    that of `Facts.held`.
    """

    lock: Lock
    actor: Actor | None
    span: Span | None
    others: frozenset[Lock]
    level: int
    shared: frozenset[Lock]
    reads: bool

    @property
    def fact(self) -> Held | None:
        """For the record."""
        if self.actor is None or self.span is None:
            return None
        return Held(self.lock, self.actor, self.span, self.others, self.shared, self.reads)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody has asked for a lock and not got it yet. `level` was that of its `cpu`, see `Facts.held`."""

    lock: Lock
    actor: Actor | None
    span: Span | None
    level: int
    cpu: int
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Here:
    """Where control is: a CPU, its context, the program counter, and whose locks it would take."""

    cpu: int
    context: int
    pc: int
    holder: int


class Observer:
    """See the module. `before` and `after` are to be called at the places of `points`."""

    def __init__(self, subject: Subject, buffer: Buffer[Machine]) -> None:
        self.subject = subject
        self.points = Points(subject)
        self.facts = Facts()
        self._memory: Any = buffer.array("state.mem")
        self._regs: Any = buffer.array("state.regs")
        self._at: Any = buffer.array("state.pc")
        self._current: Any = buffer.array("state.cur")
        self._below: Any = buffer.array("state.below")
        self._on: Any = buffer.array("state.iflag")
        self._was_on: Any = buffer.array("state.saved_if")  # by frame: of what lies beneath it
        self._cpus: Any = buffer.view().beside.cpus
        self._window = buffer.sizes["REGS"]
        self._words = {at: 0 for at, lock in subject.locks.items() if not lock.many}
        self._many = dict.fromkeys(subject.many, (0, 0))
        self._holds: dict[int, list[Hold]] = {}
        self._waits: dict[int, Waiting] = {}
        self._big: dict[int, int] = {}  # CPU -> who holds the big lock there

    # ---- what is told

    @property
    def any_held(self) -> bool:
        """Whether somebody holds something: only then do levels matter."""
        return any(self._holds.values())

    def moved(self, cpu: int, executed: int) -> None:
        """`cpu` has executed an instruction; something about it or about the next one is of interest."""
        marks = self.points.marks
        here = self._here(cpu, executed)
        if marks[executed] & ~1:
            self._changed(here)
        to = self._at[here.context]
        if self._cpus[cpu].mode == Mode.WORK:  # stays where it is until the work is done
            to += 1
        for point in self.points.starts.get(to, ()):
            self._comes(self._here(cpu, to), point)

    def end(self) -> None:
        """The run is over: what is still held counts too."""
        for holds in self._holds.values():
            for each in holds:
                self._keep(each)
                if each.actor is not None:
                    self.facts.standing.add((each.actor, each.lock))
        for holder, waits in self._waits.items():
            actor = waits.actor or self.subject.likely(holder, waits.cpu)
            if actor is not None:
                self.facts.waiting.add((actor, waits.lock))
                if waits.actor is None:
                    self._wait(waits.lock, actor, actor.span, [])

    def _here(self, cpu: int, pc: int) -> Here:
        context = self._current[cpu]
        return Here(cpu, context, pc, self.subject.holder(context))

    def _registers(self, context: int) -> Sequence[int]:
        found: Sequence[int] = self._regs[context * self._window : (context + 1) * self._window]
        return found

    def _frames(self, here: Here) -> list[Frame]:
        return self.subject.frames(here.pc, self._registers(here.context))

    def _level(self, cpu: int) -> int:
        """What keeps interrupts off a CPU: all of them, if it has them turned off."""
        return int(self._memory[self.subject.level_words[cpu]]) if self._on[cpu] else CLOSED

    # ---- control comes somewhere

    def _comes(self, here: Here, point: Point) -> None:
        if point.name in ENTER:
            lock = self._lock_meant(here, point)
            if lock is not None:
                self._ask(here, lock, reads=lock.many and self._reads(here, point))
        elif point.name in TRY:
            lock = self._lock_meant(here, point)
            if lock is not None:
                self._may_take(here, lock)
        elif point.name in BIG:
            if self._wants_big(here, point):
                self._ask(here, self.subject.big)
        elif point.name in SLEEP:
            self._may_sleep(here, point)
        else:
            self._begins(here, point)

    def _wants_big(self, here: Here, point: Point) -> bool:
        """`kernel_relock` of nothing asks for nothing."""
        if point.name == "kernel_lock":
            return True
        return point.window >= 0 and self._registers(here.context)[point.window] != 0

    def _may_take(self, here: Here, lock: Lock) -> None:
        """Whoever tries waits for nothing, and must be among the users of the lock all the same."""
        actor, span = self._who(here, self._frames(here))
        if actor is not None and span is not None and _too_high(actor, lock):
            self._break(codes.TOO_LOW, actor, span, "", lock, None)

    def _reads(self, here: Here, point: Point) -> bool:
        """Whether `rw_enter` is to read."""
        return point.window >= 0 and self._registers(here.context)[point.window + 1] == RW_READER

    def _lock_meant(self, here: Here, point: Point) -> Lock | None:
        """The lock that is asked for, None for one of the kernel's own."""
        regs = self._registers(here.context)
        if point.window >= 0:
            return self.subject.structs.get(regs[point.window])
        image = self.subject.image
        block = image.percpu_base + here.cpu * image.percpu_stride
        return self.subject.locks.get(address(image.insns[here.pc], regs, block))

    def _begins(self, here: Here, point: Point) -> None:
        """A handler or softint of the user's: now it is known who took the big lock on the way to it."""
        self.facts.ran.add(point.func.__name__)
        actor = self.subject.actor(here.holder, here.cpu, [(point.func, None)])  # type: ignore[list-item]
        if actor is None:
            return
        for hold in self._holds.get(here.holder, ()):
            if hold.actor is None:
                hold.actor, hold.span = actor, actor.span
                self._wait(hold.lock, actor, actor.span, [])

    # ---- asking

    def _ask(self, here: Here, lock: Lock, *, reads: bool = False) -> None:
        waits = self._waits.get(here.holder)
        if waits is not None and waits.lock is lock:
            return
        if lock.big and self._memory[self.subject.big_counts[here.cpu]] != 0:
            return  # once more on a CPU that has it
        actor, span = self._who(here, self._frames(here))
        held = self._holds.get(here.holder, [])
        mine = next((each for each in held if each.lock is lock), None)
        if actor is not None and span is not None:
            if mine is not None:
                both = mine.reads and reads
                self._break(codes.AGAIN, actor, span, "", lock, mine, reads=both)
                if not both:
                    return
            self._wait(lock, actor, span, held, reads=reads)
        self._waits[here.holder] = Waiting(lock, actor, span, self._level(here.cpu), here.cpu, reads)

    def _who(self, here: Here, frames: Sequence[Frame]) -> tuple[Actor | None, Span | None]:
        """Who it is, and where in the user's text; a thread without any is where it was declared."""
        actor = self.subject.actor(here.holder, here.cpu, frames)
        users = self.subject.users(frames)
        return actor, users[1] if users is not None else actor.span if actor is not None else None

    def _wait(self, lock: Lock, actor: Actor, span: Span, held: Sequence[Hold], *, reads: bool = False) -> None:
        """`actor` waits for `lock`, or would if it were not free."""
        if lock.big and not actor.threaded and actor.level >= self.subject.design.level("IPL_SCHED"):
            self._break(codes.BIG_TOO_HIGH, actor, span, "")
        if not lock.big and _too_high(actor, lock):
            self._break(codes.TOO_LOW, actor, span, "", lock, None)
        if lock.many and not reads:
            self.facts.writers.setdefault(lock, set()).add(actor)
        for each in held:
            if each.lock.spins and not each.lock.big and not lock.spins:
                self._break(codes.SLEEP_SPIN, actor, span, f"waiting for {lock}", lock, each)
            if lock.big and each.lock.counted:
                self._break(codes.BIG_UNDER_SPIN, actor, span, "", lock, each)
        asks = Ask(lock, actor, span, *_locks(held), reads)
        for each in held:
            first = each.fact
            # It is given up before somebody sleeps, so nobody waits for a sleeping lock with it.
            if first is not None and each.lock is not lock and not (each.lock.let_go and not lock.spins):
                self.facts.edges[Edge(first, asks)] = None
        if actor.level != THREAD and lock.spins:
            self.facts.asks[asks] = None

    def _may_sleep(self, here: Here, point: Point) -> None:
        frames = self._frames(here)
        actor, span = self._who(here, frames)
        if actor is None or span is None:
            return
        users = self.subject.users(frames)
        what = frames[users[0] - 1][0].__name__ if users is not None and users[0] > 0 else point.name
        if actor.level != THREAD:
            self._break(codes.SLEEP_SOFT if actor.threaded else codes.SLEEP_HARD, actor, span, f"`{what}`")
        interlock = None
        if point.name == "cv_wait" and point.window >= 0:
            interlock = self.subject.structs.get(self._registers(here.context)[point.window + 1])
        for each in self._holds.get(here.holder, ()):
            if each.lock.spins and not each.lock.big and each.lock is not interlock:
                self._break(codes.SLEEP_SPIN, actor, span, f"`{what}`", None, each)

    def _break(
        self, code: str, actor: Actor, span: Span, what: str, lock: Lock | None = None, held: Hold | None = None,
        *, reads: bool = False,
    ) -> None:  # fmt: skip
        self.facts.broken[Broken(code, actor, span, what, lock, None if held is None else held.fact, reads)] = None

    # ---- words change

    def _changed(self, here: Here) -> None:
        self._look_at_locks(here)
        self._look_at_big(here)
        level = int(self._memory[self.subject.level_words[here.cpu]])
        context, on = self._current[here.cpu], bool(self._on[here.cpu])
        while context >= 0:
            for each in self._holds.get(self.subject.holder(context), ()) if on else ():
                each.level = min(each.level, level)
            on = on or bool(self._was_on[context])
            context = self._below[context]

    def _look_at_locks(self, here: Here) -> None:
        for at, was in self._words.items():
            word = self._memory[at]
            if word == was:
                continue
            self._words[at] = word
            lock = self.subject.locks[at]
            before, now = (was, word) if lock.spins else (was & OWNER, word & OWNER)
            if before != now:
                if before:
                    self._release(lock)
                if now:
                    self._take(here, lock, here.holder if lock.spins else now)
        for lock, (owner, readers) in self._many.items():
            writes, read = self._many[lock] = self.subject.who(lock, self._memory)
            for _ in range(readers - read):
                self._release(lock, here.holder)
            if writes != owner and owner:
                self._release(lock)
            if writes != owner and writes:
                self._take(here, lock, writes)
            for reader in self._come(here, lock, read - readers):
                self._take(here, lock, reader, reads=True)

    def _come(self, here: Here, lock: Lock, more: int) -> list[int]:
        """Who reads now, that many: they come in by themselves, or the lock was handed to those who wait for it."""
        if more <= 0:
            return []
        waiting = [each for each, waits in self._waits.items() if waits.lock is lock and waits.reads]
        if here.holder in waiting or not waiting:
            return [here.holder]
        self_too = [here.holder] if _tries(self._frames(here)) else []
        return [*self_too, *waiting][:more]

    def _look_at_big(self, here: Here) -> None:
        count = self._memory[self.subject.big_counts[here.cpu]]
        if count > 0 and here.cpu not in self._big:
            self._big[here.cpu] = here.holder
            self._take(here, self.subject.big, here.holder)
        elif count == 0 and here.cpu in self._big:
            self._release(self.subject.big, self._big.pop(here.cpu))

    def _take(self, here: Here, lock: Lock, holder: int, *, reads: bool = False) -> None:
        held = self._holds.setdefault(holder, [])
        waits = self._waits.pop(holder, None)
        if waits is None or waits.lock is not lock:
            frames = self._frames(here)
            actor, span = self._who(here, frames)
            waits = Waiting(lock, actor, span, self._level(here.cpu), here.cpu)
            if actor is not None and span is not None and not _tries(frames):
                self._wait(lock, actor, span, held, reads=reads)
        level = self._level(here.cpu) if lock.spins and not lock.big else waits.level
        others, shared = _locks(held)
        self.facts.orders |= dict.fromkeys((each.name, lock.name) for each in others if each is not lock)
        held.append(Hold(lock, waits.actor, waits.span, others, level, shared, reads))
        self.facts.taken += 1
        self.facts.locks.add(lock)

    def _release(self, lock: Lock, holder: int | None = None) -> None:
        """It may be released by somebody else than who took it: an heir of it, or in an order of one's own."""
        places: Iterable[int] = list(self._holds) if holder is None else (holder,)
        for each in places:
            for hold in self._holds[each]:
                if hold.lock is lock:
                    self._holds[each].remove(hold)
                    self._keep(hold)
                    for still in self._holds[each]:
                        still.others -= {lock}
                        still.shared -= {lock}
                    return

    def _keep(self, hold: Hold) -> None:
        fact = hold.fact
        if fact is not None:
            self.facts.held[fact] = min(hold.level, self.facts.held.get(fact, hold.level))


def _tries(frames: Sequence[Frame]) -> bool:
    """Whether this is `mutex_tryenter`, or another that waits for nothing."""
    return any("tryenter" in func.__name__ or func.__name__ == "rw_downgrade" for func, _ in frames)


def _too_high(actor: Actor, lock: Lock) -> bool:
    """Whether a lock has to be declared with a higher level; one that many may read under has none to declare."""
    return actor.level > lock.level and not (lock.many and actor.threaded)


def _locks(held: Sequence[Hold]) -> tuple[frozenset[Lock], frozenset[Lock]]:
    """All of them, and those that are held to read."""
    return frozenset(each.lock for each in held), frozenset(each.lock for each in held if each.reads)
