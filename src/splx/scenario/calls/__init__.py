"""What becomes of each call of the driver-kernel interface under each design.

One driver runs under every design, so every design has an answer to every call, and here it says which: `OWN`, the
kernel of that name has such a call; `OURS`, it has none, and what we made of what it has means the same to a driver;
`INSTEAD`, it has none, and something else happens, of which the user is told with the line (W0302); `REFUSED`, it has
none, or what it has is not built here: nothing that could happen is what the call means, and the user's line is refused
(S0303), unless the scenario says that the call is `optional`. What is not built is said so in the reason.

The names of calls are those of the kernels' manuals and sources, put side by side by what they do. Where the name alone
would mislead, the reason says what is different here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splx.scenario.design import Design

_LEVELS = ("softclock", "softbio", "softnet", "softserial", "bio", "net", "tty", "vm", "audio", "clock", "sched")

#: Call -> the others that go with it: one answer is for all of them.
CALLS: Mapping[str, tuple[str, ...]] = {
    "mutex_enter": ("mutex_exit", "mutex_tryenter", "mutex_owned"),
    "rw_enter": ("rw_exit", "rw_tryenter", "rw_downgrade", "rw_lock_held", "rw_write_held"),
    "cv_wait": ("cv_signal", "cv_broadcast"),
    "cv_timedwait": ("kpause",),
    "kernel_lock": ("kernel_unlock", "kernel_locked_p"),
    "splraise": ("splx", *(f"spl{each}" for each in (*_LEVELS, "serial", "high"))),
    "kpreempt_disable": ("kpreempt_enable",),
    "softint_schedule": (),
    "softint_schedule_cpu": (),
    "napi_schedule": ("napi_complete",),
    "tasklet_schedule": (
        "tasklet_hi_schedule",
        "tasklet_disable",
        "tasklet_disable_nosync",
        "tasklet_enable",
        "tasklet_kill",
    ),
    "close_gate": ("open_gate", "sleep_gate", "sleep_gate_deadline", "wakeup_gate"),
    "callout_schedule": ("callout_stop", "callout_halt"),
    "hardclock": (),
    "workqueue_enqueue": (),
    "pool_get": ("pool_put",),
    "kmem_zero": (),
    "yield_": ("kthread_exit",),
    "user_enter": ("user_leave",),
    "assert_sleepable": (),
    "intr_stray": (),
    "interrupt_distribute": (),
    "disable_irq": ("disable_irq_nosync", "enable_irq"),
    "intr_disestablish": (),
}
HEADS: Mapping[str, str] = {name: head for head, others in CALLS.items() for name in (head, *others)}


class How(Enum):
    """See the module."""

    OWN = "own"
    OURS = "ours"
    INSTEAD = "instead"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call is honoured, and why: a sentence or two."""

    how: How
    why: str


def own(why: str) -> Answer:
    """The kernel has the call: by which name, or what it is there."""
    return Answer(How.OWN, why)


def ours(why: str) -> Answer:
    """The kernel has none, and what happens means the same."""
    return Answer(How.OURS, why)


def instead(why: str) -> Answer:
    """The kernel has none, and what happens means something else."""
    return Answer(How.INSTEAD, why)


def refused(why: str) -> Answer:
    """Nothing that could happen here is what the call means."""
    return Answer(How.REFUSED, why)


def answers(design: Design) -> Iterator[tuple[str, Answer]]:
    """Each call with what becomes of it."""
    for call in CALLS:
        if call in design.calls:
            yield call, design.calls[call]


def answer(design: Design, name: str) -> Answer | None:
    """What becomes of the call, or slot, of that name. None if nothing is known of it: it is what it is called."""
    return design.calls.get(HEADS.get(name, name))
