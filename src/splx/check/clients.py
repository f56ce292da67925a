"""Most general clients: scenarios that use a kernel's own primitives in any legal order, for ever or so many times.

Each threatens one group of mechanisms, as all of them together have more states than fit anywhere: threads on two CPUs
and a line choose again and again among the operations that are legal where they stand. What a design does not have it
leaves out: its words for it do nothing, and a client of nothing else is not one of that design.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splx.scenario.calls import How, answer

if TYPE_CHECKING:
    from splx.check.verdict import Verdict
    from splx.scenario.design import Design


@dataclass(frozen=True)
class Client:
    """A scenario of the folder `clients`, the operations among which it chooses, and the bounds within which its
    states are few enough: values of its parameters, and how often each device may interrupt, for ever unless said.

    `small` are tighter ones, for which a second or so will do. `threaded` are budgets where handlers are threads, which
    may wait for one another and for the threads beneath: there are many more ways for them to meet. `under_tso` are
    those of single designs, by name, or of all by an empty one, where stores that wait make even these too many.
    """

    name: str
    operations: tuple[str, ...]
    settings: Mapping[str, int] = field(default_factory=dict)
    budgets: Mapping[str, int] = field(default_factory=dict)
    small: Mapping[str, int] = field(default_factory=dict)
    small_budgets: Mapping[str, int] = field(default_factory=dict)
    threaded: Mapping[str, int] = field(default_factory=dict)
    under_tso: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    file: str = ""
    kept: str = ""  # what it asks of a lock that is kept while its owner blocks; `kept=0` does without
    needs: str = ""  # an operation without which there is nothing to ask
    of: str = ""  # a constant that is not zero in designs of which it is one, if its operations do not say it
    lends: bool = False  # only of designs in which who waits for a lock of threads lends its priority
    states: int | None = None  # a client that has too many states: up to how many are looked at

    @property
    def scenario(self) -> str:
        """The name of its scenario."""
        return f"clients/{self.file or self.name}"

    def budgets_in(self, design: Design, memory: str = "sc", *, small: bool = False) -> dict[str, int]:
        """How often each device may interrupt under `design` and a memory model."""
        if small:
            return {**self.budgets, **self.small_budgets}
        found = {**self.budgets, **(self.threaded if design.has("ithread", "ithread_pool") else {})}
        fewer = self.under_tso.get(design.name, self.under_tso.get("", {}))
        return {**found, **(fewer if memory == "tso" else {})}

    def left_out(self, design: Design) -> tuple[str, ...]:
        """Operations that do nothing under `design`."""
        absent = {each for each, without in ABSENT.items() if design.has(without)}
        absent |= {each for each, needed in NEEDED.items() if not design.has(*needed)}
        absent |= {each for each in ASKED if refuses(design, each)}
        found = tuple(each for each in self.operations if each in absent)
        return (*found, self.kept) if self.kept and not keeps(design) else found

    def is_of(self, design: Design) -> bool:
        """Whether `design` has any of its operations, to give way alone being none, and refuses none of them."""
        if any(refuses(design, each) for each in self.operations if each in ASKED):
            return False
        if self.needs in self.left_out(design):
            return False
        if self.of and not design.consts.get(self.of):
            return False
        if self.lends and not lends(design):
            return False
        return bool({*self.operations} - {*self.left_out(design), "yield_"})


def keeps(design: Design) -> bool:
    """Whether a thread that blocks keeps the locks that it has."""
    return not design.has("lwkt_token")


def lends(design: Design) -> bool:
    """Whether who waits for a lock of threads lends its priority to the owner."""
    return design.has("rtmutex") or (design.has("turnstile") and design.consts["TS_LEND"] != 0)


def refuses(design: Design, operation: str) -> bool:
    """Whether a design says that it cannot honour a call."""
    found = answer(design, operation)
    return found is not None and found.how is How.REFUSED


@dataclass(frozen=True)
class Explored:
    """What became of a client. `verdict` is None if the design has none of its operations, else within `bounds`, and
    `again` the command that comes to it.
    """

    client: Client
    memory: str
    left_out: tuple[str, ...]
    bounds: str = ""
    verdict: Verdict | None = None
    again: str = ""


TICKS = ("callout_schedule", "callout_stop", "callout_halt", "hardclock")

#: operation -> the mechanism of designs in which it does nothing
ABSENT = {
    "kernel_lock": "kernel_lock_none",
    "kernel_unlock": "kernel_lock_none",
    "kpreempt_disable": "preempt_never",
    "kpreempt_enable": "preempt_never",
    **dict.fromkeys(TICKS, "textbook_sched"),
}

RWLOCK = ("rw_enter", "rw_exit", "rw_tryenter", "rw_downgrade")
#: operation -> the mechanisms that have it
NEEDED = {**dict.fromkeys(RWLOCK, ("rwlock", "rwlock_rt", "lockmgr", "eresource")), "kmem_zero": ("untyped",)}

TASKLET = ("tasklet_schedule", "tasklet_hi_schedule", "tasklet_disable", "tasklet_disable_nosync", "tasklet_enable")
SHUTTING = ("disable_irq", "disable_irq_nosync", "enable_irq")
GATES = ("close_gate", "open_gate", "sleep_gate", "wakeup_gate")
#: operations that few designs have: those of which the design itself says so
ASKED = (
    "interrupt_distribute", "intr_disestablish", *SHUTTING, *TASKLET, "tasklet_kill", *GATES, "sleep_gate_deadline",
    "softint_schedule_cpu", "cv_timedwait", "kpause",
)  # fmt: skip

LOCK = ("mutex_enter", "mutex_exit", "mutex_tryenter")

PREEMPTION = ("kpreempt_disable", "kpreempt_enable", "user_enter", "user_leave")
ONE = {"threads": 1}
ONCE = {"threads": 1, "operations": 1, "waits": 0}

CLIENTS = (
    Client("levels", ("splraise", "splx"), small={"others": 0, "waits": 1}),
    Client("spin", (*LOCK, "splraise", "splx"), small={**ONE, "looks": 1}),
    Client("line", LOCK, small=ONE, threaded={"card": 1}),
    Client(
        "sleeping", (*LOCK, "yield_"), {"operations": 1, "threads": 2}, small_budgets={"card": 0},
        kept="a lock kept across yield_",
    ),
    Client(
        "sleepers", (*LOCK, "yield_"), {"operations": 1}, {"card": 0}, {"threads": 2, "cpus": 1},
        file="sleeping", kept="a lock kept across yield_",
    ),
    Client("lending", ("mutex_enter", "mutex_exit"), {}, {"card": 2}, {"cpus": 1}),
    Client("owing", ("mutex_enter", "mutex_exit")),
    Client(
        "readers", (*RWLOCK, "yield_"), {"operations": 1, "threads": 2, "comes": 1}, {"card": 1},
        {"comes": 0}, {"card": 0},
        under_tso={"": {"card": 0}},
    ),
    Client(
        "sharers", (*RWLOCK, "yield_"), {"operations": 1}, {"card": 0}, {"threads": 2, "cpus": 1}, file="readers",
    ),
    Client(
        "waiting", ("cv_wait", "cv_signal", "cv_broadcast"), {"operations": 1}, {}, {"threads": 3, "cpus": 1},
        {"card": 1}, {"card": 1},
        {"doran-2006": {"card": 0}},
    ),
    Client(
        "woken", ("cv_wait", "cv_signal"), {"operations": 1, "apart": 0}, {}, ONE, {"card": 1}, file="waiting",
    ),
    Client("biglock", ("kernel_lock", "kernel_unlock"), small=ONE),
    Client(
        "two_locks", ("kernel_lock", "kernel_unlock", "mutex_enter", "mutex_exit"), {"operations": 1}, {"card": 1}, ONE,
        under_tso={"netbsd-2006-deferred": {"card": 0}},
    ),
    Client(
        "soft", ("softint_schedule", "mutex_enter", "mutex_exit", "splraise", "splx"), {"operations": 1}, {"card": 1},
        ONE, {"card": 2},
    ),
    Client("polls", ("napi_schedule", "napi_complete"), {"operations": 1}, {"card": 1}, ONE),
    Client("preemption", PREEMPTION, {"others": 0}, {}, {"waits": 1}, {"clock": 1}),
    Client("timers", TICKS, {}, {"clock": 1}, {"where": 0}),
    Client("moved", ("interrupt_distribute",), small=ONE, small_budgets={"card": 2}),
    Client("moved_level", ("interrupt_distribute",), {"edges": 0}, {}, ONE, {"card": 1}, file="moved"),
    Client("removed", ("intr_disestablish",), small=ONE),
    Client("shut", SHUTTING, {}, {}, ONCE, {"card": 1}),
    Client("shut_edges", SHUTTING, {"edges": 1}, {}, ONCE, {"card": 1}, file="shut"),
    Client(
        "shut_moved", (*SHUTTING, "interrupt_distribute"), {"edges": 1, "moves": 1}, {}, ONCE, {"card": 1}, file="shut",
    ),
    Client(
        "tasklets", TASKLET, {"threads": 1, "asks": 0, "hi": 0}, {"card": 1},
        {"where": 0, "asks": 1, "hi": 1, "operations": 1},
    ),
    Client(
        "killed", ("tasklet_schedule", "tasklet_hi_schedule", "tasklet_kill"), {"kills": 1, "asks": 0}, {"card": 1},
        {"threads": 1, "hi": 0, "operations": 1}, file="tasklets",
    ),
    Client("works", ("workqueue_enqueue",), {"operations": 1}, {"card": 0}, {**ONE, "operations": 0}),
    Client("points", ("kmem_zero",), {"operations": 1}, {"card": 1}, {**ONE, "operations": 0}),
    Client("gates", GATES, {"threads": 1, "where": 1}, small={"where": 0, "others": 0}),
    Client(
        "gates_timed", (*GATES, "sleep_gate_deadline", "hardclock"), {"threads": 1, "where": 1, "timed": 1, "deep": 1},
        {"clock": 1}, {"where": 0, "operations": 2}, file="gates",
    ),
    Client(
        "sent", ("softint_schedule_cpu", "softint_schedule"), {"operations": 1}, {"card": 1, "clock": 0},
        {**ONE, "operations": 2, "ways": 1}, {"card": 0}, under_tso={"windows": {"card": 0}}, of="DPC_LEVELS",
    ),
    Client(
        "polled", ("hardclock", "mutex_enter", "mutex_exit"), {"threads": 1, "where": 1}, {"card": 1, "clock": 1},
        {"where": 0}, of="EMERGENCY_TICKS",
    ),
    Client("poked", PREEMPTION, {"others": 1}, {"clock": 1}, {"waits": 1}, {"clock": 0}, file="preemption"),
    Client(
        "raised", (*PREEMPTION, "splraise", "splx"), {"raised": 1, "others": 0, "waits": 1}, {"clock": 1},
        file="preemption", needs="kpreempt_disable",
    ),
    Client(
        "refused", ("kernel_lock", "kernel_unlock", "user_enter", "user_leave"),
        {"big": 1, "others": 0, "waits": 1}, {"clock": 1}, {"cpus": 1}, file="preemption", needs="kernel_lock",
    ),
    Client(
        "awaited", ("workqueue_enqueue",), {**ONE, "awaits": 1, "operations": 1}, {"card": 0}, {}, {"card": 1},
        file="works",
    ),
    Client(
        "twice", ("tasklet_schedule", "tasklet_disable"), {"operations": 1, "hi": 0}, {"card": 0}, {"asks": 2},
        file="tasklets",
    ),
    Client("listed", ("tasklet_schedule", "tasklet_hi_schedule"), {"operations": 1}, {"card": 1}),
    Client("disabled", ("tasklet_disable", "tasklet_enable"), {"off": 1, "operations": 1}, {"card": 0}, file="listed"),
    Client("ended", ("tasklet_schedule", "tasklet_disable", "tasklet_enable")),
    Client("noted", ("tasklet_schedule",)),
    Client("softs", ("softint_schedule", "splraise", "splx"), {"operations": 1}, {"card": 1}),
    Client("two_polls", ("napi_schedule", "napi_complete"), {"operations": 1}, {"card": 1}),
    Client("called", TICKS, {"operations": 1, "two": 0}, small={"where": 0, "two": 1}),
    Client(
        "called_big", (*TICKS, "kernel_lock"), {"operations": 1, "mpsafe": 0, "most": 1, "two": 0}, file="called",
        needs="kernel_lock",
    ),
    Client(
        "again", ("callout_schedule", "callout_stop", "hardclock", "kernel_lock", "kernel_unlock"), needs="kernel_lock",
    ),
    Client(
        "timed", ("cv_timedwait", "cv_wait", "cv_signal", "hardclock"), {"operations": 1, "others": 1}, {"clock": 1},
        {"where": 0, "others": 2}, under_tso={"": {"clock": 0}}, needs="hardclock",
    ),
    Client("paused", ("kpause", "hardclock"), {"operations": 0, "pauses": 1, "others": 0, "where": 0}, file="timed"),
    Client(
        "pool", ("pool_get", "pool_put", "yield_"), {"operations": 1, "threads": 2}, {"card": 1},
        {"threads": 3, "cpus": 1},
    ),
    Client(
        "two_items", ("pool_get", "pool_put", "yield_"), {"operations": 1, "threads": 4, "items": 2, "cpus": 1},
        {"card": 0}, file="pool",
    ),
    Client("tried", LOCK),
    Client("tried_shared", ("rw_enter", "rw_exit", "rw_tryenter"), {"shared": 1}, file="tried"),
    Client(
        "let_go", ("kernel_lock", "kernel_unlock", "yield_", "cv_wait", "cv_signal"), {}, {"card": 0}, {"cpus": 1},
        {"card": 1}, needs="kernel_lock",
    ),
    Client("lent", ("mutex_enter", "mutex_exit"), lends=True),
    Client("lent_on", ("mutex_enter", "mutex_exit"), {"chain": 1}, file="lent", lends=True),
    Client("to_user", ("cv_wait", "cv_signal", "user_enter", "user_leave")),
    Client("unbound", ("cv_wait", "cv_signal"), small={"both": 0}),
)  # fmt: skip

#: Everything at once, up to a bound, for whoever asks for it: no answer can be that it holds.
COMBINED = Client(
    "combined",
    (
        "splraise", "splx", "mutex_enter", "mutex_exit", "cv_wait", "cv_signal", "kernel_lock", "kernel_unlock",
        "softint_schedule", "kpreempt_disable", "kpreempt_enable", "user_enter", "user_leave", "yield_",
    ),
    states=1_000_000,
)  # fmt: skip
