"""sel4: a microkernel under one lock: what comes sets a word, and a driver's thread waits for it and acknowledges.

The kernel is entered under one lock, first come first served, with interrupts off; nothing in it gives way. All else
are threads of fixed priorities, of which a better one runs at once: the driver of each line, soft work, and the threads
of the scenario. Nobody lends a priority. A lock of threads is handed over in order of arrival; there it would be made
of a notification. Only the timer's handlers, from IPL_CLOCK on, run in the kernel, and only they share spin locks.
Budgets of time (MCS) are left out. What a handler is refused here is refused by this
interface: the kernel has nothing in it that could sleep, and a driver may wait wherever it is.

`points` is after how many units of work a long operation looks whether an interrupt waits: 100 unless it is configured
otherwise (CONFIG_MAX_NUM_WORK_UNITS_PER_PREEMPTION). The one long operation here is `kmem_zero`. `off` is a kernel that
never looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.locks import MUTEX_FIFO, MUTEX_SPIN
from splx.scenario.calls.others import SEL4 as CALLS
from splx.scenario.design import Design, Option
from splx.scenario.designs.linux import RUNGS
from splx.scenario.designs.netbsd_2006 import CONSTS
from splx.scenario.legality import (
    NO_THREAD,
    SLEEP_TEXTBOOK,
    SPIN_HELD,
    SPIN_TEXTBOOK,
    THREADED,
    WAIT_SOFT,
    WAIT_TEXTBOOK,
)
from splx.scenario.operations import Published
from splx.scenario.refusals import SEL4 as WORDS

POINTS = Option(
    "points",
    "units of work after which a long operation of the kernel looks whether an interrupt waits",
    ("100", "2", "off"),
    "100",
)


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    if chosen["points"] != "off":
        return replace(design, consts={**design.consts, "POINT_UNITS": int(chosen["points"])})
    return replace(
        design,
        consts={**design.consts, "POINT_UNITS": 0},
        choices={**design.choices, "preempt": "threads at once; nothing in the kernel"},
        vector={**design.vector, "preempt": "R2"},
    )


SEL4 = Design(
    name="sel4",
    title="seL4: one lock around the kernel, a notification and a thread for each line",
    choices={
        "flow": "mask + eoi, unmask when the driver acknowledges",
        "mask": "CPU flag",
        "top half": "quiet and signal; whole handler from IPL_CLOCK on",
        "queue": "notification word per line; list per soft level and CPU",
        "carrier": "scheduled thread per line, per soft level and CPU; interrupted context from IPL_CLOCK on",
        "lock": "one for each entry of the kernel, first come first served; sleeping below IPL_CLOCK, flag spin above",
        "priority": "fixed; hand over in order of arrival; no lending",
        "preempt": "threads at once; in the kernel at points of long operations",
        "overload": "masked until a thread ran",
    },
    vector={
        "flow": "F7",
        "mask": "M0",
        "top half": "T0 T2",
        "queue": "Q7 Q4",
        "carrier": "K3 K0",
        "lock": "sleep spin-flag B3",
        "priority": "P2 none handoff",
        "preempt": "R2 R4",
        "overload": "O7",
    },
    published={
        "line": Published(
            "seL4 src/object/interrupt.c: handleInterrupt, invokeIRQHandler_AckIRQ; include/smp/lock.h",
            entry="mask eoi",
            exit="unmask",
            atomics="3",
            stacks="0",
            wakes="1",
            switches="2",
            differs={
                "atomics": "the interrupt, the acknowledgement and the next wait enter the kernel, as there; there "
                "schedule() is on the way out of the first (c_handle_interrupt), here `preempt_switch` is an entry of "
                "its own; and each of the two switches tells other CPUs what runs by an exchange (`set_curlwp`)"
            },
        ),
    },
    mechanisms=(
        "textbook_sched",
        "textbook_lock",
        "kthread",
        "sleepq",
        "park",
        "pool",
        "untyped",
        "workqueue",
        "napi_softint",
        "clh",
        "intr",
        "spl_flag",
        "flow_eoi_last",
        "carrier_direct",
        "notification",
        "swi",
        "kernel_lock_none",
        "biglock_none",
        "preempt",
    ),
    rungs=RUNGS,
    spin_from="IPL_CLOCK",
    direct_from="IPL_CLOCK",
    sleep_kind=MUTEX_FIFO,
    spin_kind=MUTEX_SPIN,
    consts={**CONSTS, "KPREEMPT_PRI": 0, "INHERIT_FIFO": 0, "SHARED_QUEUES": 0, "POINT_UNITS": 100},
    options=(POINTS,),
    apply=_apply,
    calls=CALLS,
    words=WORDS,
    forbidden={
        "hard": {**NO_THREAD, "low": SLEEP_TEXTBOOK, "mutex": SLEEP_TEXTBOOK, "wait": WAIT_TEXTBOOK},
        "device": {**THREADED, "wait": WAIT_SOFT},
        "soft": {**THREADED, "wait": WAIT_SOFT},
        "spin": {**SPIN_HELD, "low": SPIN_TEXTBOOK, "mutex": SPIN_TEXTBOOK},
    },
)
