"""A system: a scenario under a design, linked and wired, ready for any reader.

This is what the scenario floor hands to `simulate`, `check` and `bound`: the program with its initial memory, and the
wiring as plain data. It holds no clock and no cost: the cost model is the reader's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from splx.machine.constants import Kind
from splx.machine.costs import Account
from splx.machine.models import Manners

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splx.base.diagnostics import Diagnostic, Span
    from splx.program.image import Function, Image
    from splx.scenario.properties import Says


@dataclass(frozen=True, slots=True)
class IrqSpec:
    """An input of the interrupt controller. `prio` 1..255, higher is more urgent; `device` -1 is inter-processor."""

    name: str
    edge: bool
    prio: int
    cpu: int
    device: int = -1


@dataclass(frozen=True, slots=True)
class DistSpec:
    """A distribution of durations (ps): a constant, an exponential of the given mean, or ascending quantiles at
    equal steps.
    """

    name: str
    constant: int | None = None
    mean: int | None = None
    quantiles: tuple[int, ...] = ()


class Ends(Enum):
    """When a device's items are done."""

    RETURN = "when the handler returns that took them"
    SOFTINT = "when a softint returns"
    JOB = "when their job ends"
    DONE = "when somebody says so"


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """A device. Times in ps. `key` names its random draws: the same in all designs. `recording` for Kind.RECORDED:
    ascending times from 0, already sped up and merged; `repeat` is the length of one round, 0 to play it once.
    """

    name: str
    irq: int
    kind: Kind
    key: int
    ring: int = 1
    auto: bool = False  # arrival is the whole message: acknowledging empties it
    period: int = 0
    offset: int = 0
    dist: int = -1  # jitter, or service time of a closed loop
    burst: int = 1
    gap: int = 0
    recording: tuple[int, ...] = ()
    repeat: int = 0
    limit: int = -1
    pin: int = 0  # its place among the devices on its irq, which is level-triggered if there are more
    next: int = -1  # the device behind it on the same irq
    deadline: int = 0  # of an item, from its arrival to its completion; 0 none
    span: Span | None = None
    handler: Span | None = None  # where its first handler is declared
    handler_name: str = ""  # and what its function is called
    ends: Ends = Ends.RETURN


@dataclass(frozen=True, slots=True)
class ContextSpec:
    """A context. With `function` (a number of the image's function table) it exists from the start, suspended
    before its first instruction with `argument` in register 0, or current on `cpu` if that is >= 0; without, it is
    free.
    """

    name: str
    account: Account
    origin: int = 0  # whose draws: 0 by place in the program, else a counter number
    function: int = 0
    argument: int = 0
    cpu: int = -1


@dataclass(frozen=True, slots=True)
class Property:
    """Something that is to be true: `function`, of the program of properties, gives it in register 0. `per_cpu`: of
    each CPU, on which it is evaluated; `admitting`: while that admits interrupts. `argument` is the address that it is
    called with.
    """

    says: Says
    name: str
    span: Span
    function: Function
    per_cpu: bool
    argument: int = 0
    admitting: bool = False


@dataclass(frozen=True, slots=True)
class Properties:
    """What is to be true of a system. `program` reads the words of the system's image, and is no part of it."""

    program: Image
    each: tuple[Property, ...]


Stated: TypeAlias = Callable[[], Properties | None]


@dataclass(frozen=True, slots=True)
class Symmetry:
    """CPUs that are alike: nothing that matters changes if each CPU `c` is called `cpus[c]`, and what is its own goes
    with it: its block of memory, and contexts and sources whose names end with a slash and its number. `words`: by
    class and field, the values that name a CPU or what is its own, and what each becomes. No register may name one
    where a step ends.
    """

    cpus: tuple[int, ...]
    words: Mapping[tuple[type, str], Mapping[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class System:
    """See the module. `contexts[trap[c]]` is where CPU c takes interrupts, at function `vector`.

    `irqs` holds the device inputs and then, from `ipi_base` on, eight inter-processor inputs per CPU. `rank` lists
    irq numbers, most urgent first; equal priorities in the order that was chosen. `sources` names what latencies
    are kept of: the devices, then the threads (a thread's mark number is its index here).
    """

    scenario: str
    design: str
    cpus: int
    image: Image
    contexts: tuple[ContextSpec, ...]
    trap: tuple[int, ...]
    vector: int
    irqs: tuple[IrqSpec, ...]
    ipi_base: int
    rank: tuple[int, ...]
    devices: tuple[DeviceSpec, ...]
    dists: tuple[DistSpec, ...]
    sources: tuple[str, ...]
    statistics: tuple[str, ...] = ()
    counters: int = 1  # draw counters: 0 unused, threads, then places in the program
    stamps: int = 0
    notes: dict[str, str] = field(default_factory=dict)
    properties: Properties | None = None
    #: the same, and what the mechanisms state; linked when it is asked for
    stated: Stated | None = None

    def complete(self) -> System:
        """The same system, its properties with what the mechanisms state."""
        return self if self.stated is None else replace(self, properties=self.stated())

    #: names of threads of equal priority on one CPU, and whether they start in any order, or as declared
    equals: tuple[tuple[str, ...], ...] = ()
    any_start: bool = False
    #: a thread that is bound to no CPU is ready on the queue of one, and no other takes it from there
    kept: bool = False
    #: what the design does not do as the scenario has it
    warnings: tuple[Diagnostic, ...] = ()
    #: the kernel is not as it comes: without a guard, or with a mechanism of the user's
    changed: bool = False
    #: of the controller where what can happen is looked at, and not a run on a machine
    manners: Manners = field(default_factory=Manners)
    #: of a program without a kernel: what the word of a lock holds -> the context that has it
    holders: dict[int, int] = field(default_factory=dict)
    symmetries: tuple[Symmetry, ...] = ()
