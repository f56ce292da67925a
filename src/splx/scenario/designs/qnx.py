"""qnx: QNX Neutrino: interrupts are posted to threads of the drivers, which say when their line may be opened.

`attach` is how a driver gets its interrupts. `thread` is version 8: each handler is a thread that waits for its
interrupt (InterruptAttachThread), at the priority of its level; the clock's is one of them. Up to version 7 there were
two ways: `event` is InterruptAttachEvent, a pulse to such a thread, and masks that are counted; `isr` is
InterruptAttach: the handler runs in the kernel, at once, with the line masked; it may take spin locks only
(InterruptLock). There handlers of a higher priority nest on lower ones, here they run with interrupts off.

Deferred work is done by threads. A lock of threads lends the priority of who waits, along the chain; that it spins
while its owner runs, and wakes all who wait, is ours. Priorities are those of threads and fixed, and a better thread
runs at once. There is no big lock. What is known of it is documentation, which
forbids an interrupt's handler to wait and does not say what comes of it: that it is refused is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_SPIN
from splx.scenario.calls.others import QNX as CALLS
from splx.scenario.design import Design, Option
from splx.scenario.designs.netbsd_2006 import CONSTS, THREADS
from splx.scenario.legality import ADAPTIVE_HARD, ADAPTIVE_SPIN, NO_THREAD, SPIN_HELD, SPIN_LOW, THREADED
from splx.scenario.operations import Published
from splx.scenario.refusals import QNX as WORDS

RUNGS = (
    ("IPL_NONE",),
    ("IPL_PREEMPT",),
    ("IPL_SOFTCLOCK", "IPL_SOFTBIO", "IPL_SOFTNET", "IPL_SOFTSERIAL"),
    ("IPL_BIO",),
    ("IPL_NET",),
    ("IPL_TTY",),
    ("IPL_VM",),
    ("IPL_AUDIO",),
    ("IPL_CLOCK",),
    ("IPL_SCHED", "IPL_SERIAL", "IPL_HIGH"),
    ("IPL_IPI",),
)

ATTACH = Option("attach", "how a driver gets its interrupts", ("thread", "event", "isr"), "thread")


def _by_events(design: Design) -> Design:
    """With a pulse for each interrupt in place of a semaphore."""
    return replace(
        design,
        choices={
            **design.choices,
            "flow": "mask + eoi, unmask when it was unmasked as often",
            "queue": "queue of pulses per handler; list per soft level and CPU",
        },
        vector={**design.vector, "queue": "Q7 Q4"},
        published={},
        mechanisms=tuple("pulse" if each == "ist" else each for each in design.mechanisms),
    )


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    if chosen["attach"] == "thread":
        return design
    if chosen["attach"] == "event":
        return _by_events(design)
    return replace(
        design,
        choices={
            **design.choices,
            "flow": "mask + eoi, unmask when the handlers have run",
            "top half": "whole handler",
            "queue": "list per soft level and CPU",
            "carrier": "interrupted context; soft: scheduled thread per soft level and CPU",
            "lock": "adaptive below devices, flag spin from there; no big lock",
            "overload": "nothing",
        },
        vector={
            **design.vector,
            "flow": "F3",
            "top half": "T2",
            "queue": "Q4",
            "carrier": "K0 K3",
            "overload": "O0",
        },
        published={
            "line": replace(
                design.published["line"], source="QNX 7 documentation: InterruptAttach", wakes="0", switches="0"
            )
        },
        mechanisms=tuple(each for each in design.mechanisms if each != "ist"),
        spin_from="IPL_BIO",
        direct_from="IPL_NONE",
        forbidden={
            "hard": {**NO_THREAD, "low": SPIN_LOW},
            "device": NO_THREAD,
            "soft": THREADED,
            "spin": SPIN_HELD,
        },
    )


QNX = Design(
    name="qnx",
    title="QNX: interrupts are posted to threads, which say when they are through",
    choices={
        "flow": "mask + eoi, unmask when every thread of the line waits again",
        "mask": "CPU flag",
        "top half": "quiet and wake; whole handler from IPL_SCHED on",
        "queue": "semaphore per handler; list per soft level and CPU",
        "carrier": "scheduled thread per handler, per soft level and CPU; the kernel's own: interrupted context",
        "lock": "adaptive below IPL_SCHED, flag spin from there; no big lock",
        "priority": "fixed; lending along the chain; wake all",
        "preempt": "count zero",
        "overload": "masked until threads ran",
    },
    vector={
        "flow": "F7",
        "mask": "M0",
        "top half": "T0 T2",
        "queue": "Q2 Q4",
        "carrier": "K3 K0",
        "lock": "adaptive spin-flag",
        "priority": "P2 chain all",
        "preempt": "R2",
        "overload": "O7",
    },
    published={
        "line": Published(
            "QNX 8 documentation: InterruptAttachThread, InterruptWait",
            entry="mask eoi",
            exit="unmask",
            stacks="0",
            wakes="1",
            switches="2",
        ),
    },
    mechanisms=(
        *THREADS,
        "intr",
        "spl_flag",
        "flow_mask",
        "carrier_direct",
        "ist",
        "swi",
        "turnstile",
        "mutex",
        "mutex_adaptive",
        "rwlock",
        "kernel_lock_none",
        "biglock_none",
        "preempt",
    ),
    rungs=RUNGS,
    spin_from="IPL_SCHED",
    direct_from="IPL_SCHED",
    sleep_kind=MUTEX_ADAPTIVE,
    spin_kind=MUTEX_SPIN,
    consts={**CONSTS, "KPREEMPT_PRI": 0, "TS_CHAINS": 64},
    options=(ATTACH,),
    apply=_apply,
    words=WORDS,
    forbidden={
        "hard": {**NO_THREAD, "low": ADAPTIVE_HARD},
        "soft": THREADED,
        "spin": {**SPIN_HELD, "low": ADAPTIVE_SPIN},
    },
    calls=CALLS,
)
