"""windows: Windows NT on a machine with 8259 controllers: service routines at the level of their device, DPCs, threads.

A level (IRQL) is a word in memory until an interrupt comes too early; then the controller's masks shut out all of that
level. A service routine runs at its level under the lock of its interrupt, and leaves the rest to a DPC, which runs at
DISPATCH_LEVEL before any thread. All soft levels are that one. A lock that a DPC or a service routine uses spins at
their level; a lock of threads is a mutex of the dispatcher, handed over in order of arrival, and nobody is lent any
priority. A spin lock here falls back to the level before the first of several, when the last is released; there each
of them keeps its own. There is no big lock. Below DISPATCH_LEVEL a thread gives way at once to a better one. Work that
may wait is a work queue's.

What is known of it is documentation, and the source of ReactOS, which is built after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.locks import MUTEX_SLEEP, MUTEX_SPIN
from splx.scenario.calls.others import WINDOWS as CALLS
from splx.scenario.design import Design, Option
from splx.scenario.designs.netbsd_2006 import CONSTS, THREADS
from splx.scenario.legality import (
    NO_THREAD,
    RAISED,
    SLEEP_WINDOWS,
    SPIN_HELD,
    SPIN_LOW,
    SPIN_WINDOWS,
    UNPREEMPTED,
    UNPREEMPTED_WINDOWS,
)
from splx.scenario.operations import Published
from splx.scenario.refusals import WINDOWS as WORDS

#: PASSIVE_LEVEL, APC_LEVEL, DISPATCH_LEVEL, those of devices, CLOCK_LEVEL, IPI_LEVEL, HIGH_LEVEL.
RUNGS = (
    ("IPL_NONE",),
    ("IPL_PREEMPT",),
    ("IPL_SOFTCLOCK", "IPL_SOFTBIO", "IPL_SOFTNET", "IPL_SOFTSERIAL"),
    ("IPL_BIO",),
    ("IPL_NET",),
    ("IPL_TTY",),
    ("IPL_VM",),
    ("IPL_AUDIO",),
    ("IPL_CLOCK", "IPL_SCHED", "IPL_SERIAL"),
    ("IPL_IPI",),
    ("IPL_HIGH",),
)

WATCHDOG = Option(
    "watchdog",
    "one DPC of more ticks, or DPCs in a row of six times as many, are a bug check: 1,280 ticks are 20 s there",
    ("off", "1280", "10"),
    "off",
)

IMPORTANCE = Option(
    "importance",
    "all DPCs are of medium importance, or the soft level says: serial is high, clock low; rate: and they are counted",
    ("medium", "level", "rate"),
    "medium",
)


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    watched, level = chosen["watchdog"] != "off", chosen["importance"] != "medium"
    ticks = int(chosen["watchdog"]) if watched else 0
    vector = dict(design.vector)
    if watched:
        vector["overload"] = "O5"
    if level:
        vector["queue"] = "Q4 important"
    return replace(
        design,
        mechanisms=(*design.mechanisms, *(["dpc_rate"] if chosen["importance"] == "rate" else [])),
        consts={
            **design.consts,
            "DPC_WATCHDOG": ticks,
            "DPC_WATCHDOG_PERIOD": 6 * ticks,
            "DPC_LEVELS": int(level),
        },
        vector=vector,
    )


WINDOWS = Design(
    name="windows",
    title="Windows NT: service routines at their level, DPCs before any thread",
    choices={
        "flow": "eoi first; a level line masked until its handlers have run",
        "mask": "level, deferred: log and mask the level",
        "top half": "whole handler",
        "queue": "list of calls per CPU",
        "carrier": "interrupted context, under the lock of the interrupt; soft: interrupted context",
        "lock": "level-raising spin from DISPATCH_LEVEL; mutexes that sleep; no big lock",
        "priority": "hardware order, then fixed; hand over in order of arrival; no lending",
        "preempt": "below DISPATCH_LEVEL",
        "overload": "nothing",
    },
    vector={
        "flow": "F1 F3",
        "mask": "M2 level",
        "top half": "T2",
        "queue": "Q4",
        "carrier": "K0",
        "lock": "spin-level sleep",
        "priority": "P0 P2 none handoff",
        "preempt": "R2",
        "overload": "O0",
    },
    published={
        "edge": Published(
            "ReactOS hal/halx86: HalBeginSystemInterrupt, HalEndSystemInterrupt; ntoskrnl KiInterruptDispatch",
            entry="eoi",
            exit="",
            atomics="1",
            stacks="0-2",
            wakes="0",
            switches="0",
        ),
        "soft": Published(
            "ReactOS ntoskrnl/ke/dpc.c: KeInsertQueueDpc, KiRetireDpcList",
            entry="",
            exit="",
            atomics="2",
            stacks="0-2",
            wakes="0",
            switches="0",
            differs={
                "atomics": "KeInsertQueueDpc takes DpcLock and marks the call by a compare and exchange, which are "
                "those two; KiRetireDpcList takes DpcLock once more, to take the call off the list"
            },
        ),
    },
    mechanisms=(
        *THREADS,
        "intr",
        "irql_lazy",
        "flow_mask",
        "kinterrupt",
        "dpc",
        "dpc_target",
        "mutex",
        "kmutex",
        "eresource",
        "kernel_lock_none",
        "biglock_none",
        "preempt",
    ),
    rungs=RUNGS,
    spin_from="IPL_SOFTCLOCK",
    sleep_kind=MUTEX_SLEEP,
    spin_kind=MUTEX_SPIN,
    consts={
        **CONSTS,
        "KPREEMPT_PRI": 0,
        "UNPREEMPTED_SLEEP": 0,
        "RAISED_SLEEP": 0,
        "DPC_WATCHDOG": 0,
        "DPC_WATCHDOG_PERIOD": 0,
        "DPC_DEPTH": 4,  # KiMaximumDpcQueueDepth
        "DPC_LEVELS": 0,
        "DPC_RATE": 3,  # KiMinimumDpcRate
        "DPC_IDEAL": 20,  # KiIdealDpcRate
        "DPC_ADJUST": 20,  # KiAdjustDpcThreshold
    },
    options=(WATCHDOG, IMPORTANCE),
    apply=_apply,
    accepted={"V10": "DPCs are run to the last one before any thread, as there: ones that queue themselves starve all"},
    forbidden={
        "hard": {**NO_THREAD, "low": SPIN_LOW, "mutex": SLEEP_WINDOWS},
        **{place: {**NO_THREAD, "mutex": SLEEP_WINDOWS} for place in ("device", "soft")},
        "spin": {**SPIN_HELD, "mutex": SPIN_WINDOWS},
        "unpreempted": {**UNPREEMPTED, "mutex": UNPREEMPTED_WINDOWS},
        "raised": {**RAISED, "mutex": SPIN_WINDOWS},
    },
    words=WORDS,
    calls=CALLS,
)
