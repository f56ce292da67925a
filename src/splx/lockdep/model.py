"""What a run tells about locks: who took which where, and what was held then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splx.base.diagnostics import Span

THREAD = -1  # the level of an actor that is no interrupt
CLOSED = 1 << 30  # above all levels: no interrupt comes in while a CPU has its interrupts turned off


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that the scenario declared, or the big one. `level` is the number of `level_name` in the design; `spins`
    says how one waits for it, `counted` that the CPU counts it as a spin mutex, `let_go` that who waits for one that
    sleeps gives it up, `many` that many may read under it. `span` is where it was declared.
    """

    name: str
    level: int
    level_name: str
    spins: bool
    counted: bool
    span: Span | None
    big: bool = False
    let_go: bool = False
    many: bool = False

    def __str__(self) -> str:
        return "the big lock" if self.big else f"`{self.name}`"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes locks: a thread (level THREAD), or a handler or softint on a CPU. `cpus` are those it may run on.

    `threaded`: it has a thread of its own, and may block. `span` is where it was declared.
    """

    kind: str
    name: str
    level: int
    level_name: str
    cpus: frozenset[int]
    threaded: bool
    span: Span

    def __str__(self) -> str:
        return f"{self.kind} `{self.name}`"


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody waits for a lock, at a place of the user's, perhaps to read. `held` are the locks that it holds,
    `shared` those of them that it holds to read.
    """

    lock: Lock
    actor: Actor
    span: Span
    held: frozenset[Lock]
    shared: frozenset[Lock] = frozenset()
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A lock was held by somebody who took it at `span`, perhaps to read, with `others` held before and all the while,
    `shared` of them to read; see `Facts`.
    """

    lock: Lock
    actor: Actor
    span: Span
    others: frozenset[Lock]
    shared: frozenset[Lock] = frozenset()
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """While `first` was held somebody waited for `then`. By way of an interrupt, if the two are not of one actor."""

    first: Held
    then: Ask

    @property
    def before(self) -> Lock:
        """What is held."""
        return self.first.lock

    @property
    def after(self) -> Lock:
        """What is waited for."""
        return self.then.lock

    @property
    def holder(self) -> Actor:
        """Who holds."""
        return self.first.actor

    @property
    def asker(self) -> Actor:
        """Who waits: the same, or one who came in on top."""
        return self.then.actor

    @property
    def held(self) -> frozenset[Lock]:
        """All that is held meanwhile."""
        return self.first.others | self.then.held | {self.first.lock}

    @property
    def shared(self) -> frozenset[Lock]:
        """What of that is held to read."""
        return (
            self.first.shared | self.then.shared | (frozenset({self.first.lock}) if self.first.reads else frozenset())
        )

    @property
    def reads(self) -> bool:
        """Whether it is waited for to read."""
        return self.then.reads

    @property
    def cpus(self) -> frozenset[int]:
        """Where it can happen."""
        return self.first.actor.cpus & self.then.actor.cpus

    @property
    def occupies(self) -> bool:
        """Whether a CPU does nothing else meanwhile."""
        return self.first.lock.counted or self.then.lock.spins or self.first.lock.spins


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule of contexts was broken at `span`, by `what`; `held` is what makes it wrong, if something that is held
    does.
    """

    code: str
    actor: Actor
    span: Span
    what: str
    lock: Lock | None = None
    held: Held | None = None
    reads: bool = False  # what is held to read already


@dataclass(slots=True)
class Facts:
    """What was seen. `held` gives for each how low the level of its CPU was meanwhile, at the lowest, with the CPU's
    interrupts on; CLOSED if they were off all the while.

    `edges` are those within one actor, `asks` what interrupts waited for spinning. Dicts for their order.
    """

    held: dict[Held, int] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)
    asks: dict[Ask, None] = field(default_factory=dict)
    orders: dict[tuple[str, str], None] = field(default_factory=dict)  # names of locks, the second taken with the first
    broken: dict[Broken, None] = field(default_factory=dict)
    writers: dict[Lock, set[Actor]] = field(default_factory=dict)  # who waited for a lock that may be read, to write
    # at the end of the run
    standing: set[tuple[Actor, Lock]] = field(default_factory=set)  # who holds what
    waiting: set[tuple[Actor, Lock]] = field(default_factory=set)  # who waits for what
    # how much was seen
    taken: int = 0  # how often a lock was
    locks: set[Lock] = field(default_factory=set)  # those that were
    ran: set[str] = field(default_factory=set)  # handlers and softints
