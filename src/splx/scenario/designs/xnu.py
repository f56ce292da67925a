"""xnu: XNU and its IOKit: an interrupt disables its line by a word, and a work loop runs the actions.

Each line has a work loop, a thread behind whose gate its handlers run; the line is masked in the controller only if it
interrupts once more meanwhile. The filter of a handler runs in the interrupt, and says whether the thread is woken.
Soft interrupts are threads (thread calls). The clock's handlers run at once, with interrupts off, and their locks spin.
A lock of threads is adaptive and lends the priority of who waits, along the chain of owners. Its release wakes the best
who waits, to whom the others lend from then on (osfmk/kern/lock_mtx.c and turnstile.c @e3723e1f, May 2025); with
`wake=all` it wakes all. A driver's callers may close the gate as well. There is no big lock. A better thread runs at
once unless a count forbids it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_SPIN
from splx.scenario.calls.others import XNU as CALLS
from splx.scenario.design import Design, Option
from splx.scenario.designs.linux import RUNGS
from splx.scenario.designs.netbsd_2006 import CONSTS, THREADS
from splx.scenario.legality import (
    ADAPTIVE_HARD,
    ADAPTIVE_SPIN,
    ADAPTIVE_UNPREEMPTED,
    NO_THREAD,
    SPIN_HELD,
    THREADED,
    UNPREEMPTED,
)
from splx.scenario.operations import Published
from splx.scenario.refusals import XNU as WORDS

WAKE = Option("wake", "whether a release wakes the best who waits, which competes, or all", ("one", "all"), "one")


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    if chosen["wake"] == "one":
        return design
    return replace(
        design,
        choices={**design.choices, "priority": "fixed by class; lending along the chain; wake all"},
        vector={**design.vector, "priority": "P2 chain all"},
        consts={**design.consts, "MTX_HANDOFF": 0},
    )


COUNTED = Published(
    "XNU iokit/Kernel: IOInterruptController.cpp, IOInterruptEventSource.cpp, IOWorkLoop.cpp",
    entry="eoi",
    exit="(unmask)",
    atomics="2-4",
    stacks="0",
    wakes="1",
    switches="2",
    own=("workloop",),
    whose="the work loop's",
    differs={
        "atomics": "the figure is of the work loop: that an interrupt is active, the gate, and its thread's lock; the "
        "others are the scheduler's, which wakes that thread and switches to it and back"
    },
)
TWICE = (
    "a line that is disabled by a word and still asserted interrupts a second time, and is masked then: of the two "
    "ends of interrupt the figure has the first"
)

XNU = Design(
    name="xnu",
    title="XNU: work loops, and lines that are disabled by a word",
    choices={
        "flow": "eoi at once; disabled by a word, masked if it interrupts again, till the action has run",
        "mask": "CPU flag",
        "top half": "mark and wake, if there is a filter as it says; whole handler from IPL_CLOCK on",
        "queue": "need flag per line; list per soft level and CPU",
        "carrier": "work loop per line, scheduled thread per soft level and CPU; interrupted context from IPL_CLOCK",
        "lock": "adaptive below IPL_CLOCK, flag spin from there; a gate around the handlers of a line; no big lock",
        "priority": "fixed by class; lending along the chain; wake one",
        "preempt": "count zero",
        "overload": "disabled until a thread ran",
    },
    vector={
        "flow": "F2 z",
        "mask": "M0",
        "top half": "T0 T1 T2",
        "queue": "Q2 Q4",
        "carrier": "K4 K3 K0",
        "lock": "adaptive spin-flag gate",
        "priority": "P2 chain one",
        "preempt": "R2",
        "overload": "O7",
    },
    published={"line": replace(COUNTED, differs={**COUNTED.differs, "entry": TWICE}), "edge": COUNTED},
    mechanisms=(
        *THREADS,
        "intr",
        "spl_flag",
        "flow_eoi_last",
        "carrier_direct",
        "workloop",
        "gate",
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
    spin_from="IPL_CLOCK",
    direct_from="IPL_CLOCK",
    sleep_kind=MUTEX_ADAPTIVE,
    spin_kind=MUTEX_SPIN,
    consts={**CONSTS, "KPREEMPT_PRI": 0, "TS_CHAINS": 64, "MTX_HANDOFF": 2, "UNPREEMPTED_SLEEP": 0},
    calls=CALLS,
    forbidden={
        "hard": {**NO_THREAD, "low": ADAPTIVE_HARD},
        "device": THREADED,
        "soft": THREADED,
        "spin": {**SPIN_HELD, "low": ADAPTIVE_SPIN},
        "unpreempted": {**UNPREEMPTED, "low": ADAPTIVE_UNPREEMPTED},
    },
    words=WORDS,
    options=(WAKE,),
    apply=_apply,
)
