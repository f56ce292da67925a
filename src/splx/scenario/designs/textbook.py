"""textbook: the kernel on which published response times and blocking times are stated.

The best ready thread runs, at once. Handlers are above all threads, and higher levels above lower ones. Nothing
ticks: each periodic thread has a one-shot timer of its own. `queues` says whether each CPU has its own threads
(partitioned) or all share one queue (global); `lock` what a lock of threads does: first come first served,
inheritance, or the immediate ceiling. There is no big lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.locks import MUTEX_CEILING, MUTEX_FIFO, MUTEX_INHERIT, MUTEX_SPIN
from splx.scenario.calls.others import TEXTBOOK as CALLS
from splx.scenario.design import Design, Option
from splx.scenario.designs.doran_2006 import RUNGS
from splx.scenario.designs.netbsd_2006 import CONSTS, DRAIN
from splx.scenario.legality import (
    NO_THREAD,
    SLEEP_TEXTBOOK,
    SPIN_HELD,
    SPIN_LOW,
    SPIN_TEXTBOOK,
    THREADED,
    WAIT_SOFT,
    WAIT_TEXTBOOK,
)

KINDS = {"fifo": MUTEX_FIFO, "inherit": MUTEX_INHERIT, "ceiling": MUTEX_CEILING}
LENDING = {"fifo": "none", "inherit": "chain", "ceiling": "immediate"}
WORDS = {
    "fifo": "sleeping, first come first served; no lending",
    "inherit": "sleeping, best first; lending along the chain",
    "ceiling": "immediate ceiling",
}


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    lock = chosen["lock"]
    return replace(
        design,
        global_queue=chosen["queues"] == "global",
        sleep_kind=KINDS[lock],
        consts={
            **design.consts,
            "INHERIT_FIFO": int(chosen["order"] == "fifo"),
            "SHARED_QUEUES": int(chosen["queues"] == "global"),
        },
        choices={**design.choices, "lock": f"{WORDS[lock]}; level-raising spin where interrupts take it"},
        vector={
            **design.vector,
            "lock": "spin-level ceiling" if lock == "ceiling" else "spin-level sleep",
            "priority": f"P2 {LENDING[lock]} handoff{' global' if chosen['queues'] == 'global' else ''}",
        },
    )


TEXTBOOK = Design(
    name="textbook",
    title="The textbook: fixed priorities, preemption at once",
    choices={
        "flow": "eoi first; the level keeps the line away",
        "mask": "level, eager hardware write",
        "top half": "whole handler",
        "queue": "list per soft level and CPU",
        "carrier": "interrupted context; soft: borrowed pinned thread, one per level per CPU",
        "lock": "",
        "priority": "fixed",
        "preempt": "count zero",
        "overload": "nothing",
    },
    vector={
        "flow": "F1",
        "mask": "M1",
        "top half": "T2",
        "queue": "Q1 Q4",
        "carrier": "K0 K1",
        "lock": "spin-level sleep",
        "priority": "P2 none handoff",
        "preempt": "R2",
        "overload": "O0",
    },
    mechanisms=(
        "textbook_sched",
        "textbook_lock",
        "kthread",
        "sleepq",
        "park",
        "pool",
        "workqueue",
        "mutex_spin",
        "napi_softint",
        "intr",
        "spl_eager",
        "flow_eoi_first",
        "carrier_direct",
        "softint",
        "kernel_lock_none",
        "biglock_none",
        "preempt",
    ),
    rungs=RUNGS,
    spin_from="IPL_SOFTCLOCK",
    sleep_kind=MUTEX_FIFO,
    spin_kind=MUTEX_SPIN,
    consts={**CONSTS, "KPREEMPT_PRI": 0, "INHERIT_FIFO": 0, "SHARED_QUEUES": 0},
    options=(
        Option("queues", "a run queue for each CPU, or one for all", ("partitioned", "global"), "partitioned"),
        Option("lock", "what a lock of threads does", ("fifo", "inherit", "ceiling"), "fifo"),
        Option("order", "whose turn it is on an inheriting lock", ("priority", "fifo"), "priority"),
    ),
    apply=_apply,
    accepted={"V10": DRAIN},
    forbidden={
        "hard": {**NO_THREAD, "low": SPIN_LOW, "mutex": SLEEP_TEXTBOOK, "wait": WAIT_TEXTBOOK},
        "device": {**NO_THREAD, "mutex": SLEEP_TEXTBOOK, "wait": WAIT_TEXTBOOK},
        "soft": {**THREADED, "wait": WAIT_SOFT},
        "spin": {**SPIN_HELD, "mutex": SPIN_TEXTBOOK},
    },
    calls=CALLS,
)
