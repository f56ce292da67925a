"""freebsd: filters, and a thread for each interrupt that the scheduler runs.

The CPU's flag is the only mask. A handler at `filter_at` or above runs at once, with interrupts off, as a filter
does; every other one runs in the thread of its line, which is switched to like any thread of its priority, holds
whatever mutex it likes, and opens its line when it has run. Soft interrupts are threads likewise. A mutex is
adaptive and lends the priority of its waiters, unless a filter takes it. What does not call itself mpsafe runs under
Giant, a mutex. Levels exclude nothing but filters: `splnet` keeps no interrupt thread out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.levels import PRI_USER_RT
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_SPIN
from splx.scenario.calls.bsd import FREEBSD as CALLS
from splx.scenario.design import Design, Option
from splx.scenario.designs.linux import RUNGS
from splx.scenario.designs.netbsd_2006 import CONSTS, THREADS
from splx.scenario.legality import (
    ADAPTIVE_HARD,
    ADAPTIVE_SPIN,
    ADAPTIVE_UNPREEMPTED,
    GIANT_LATE,
    MEMORY_LOCKED,
    NO_THREAD,
    SPIN_HELD,
    SPIN_LOW,
    THREADED,
    UNPREEMPTED,
    WAIT_LOCKED,
)
from splx.scenario.operations import Published
from splx.scenario.refusals import FREEBSD as WORDS

FILTER_AT = Option(
    "filter_at",
    "the lowest level whose handlers are filters",
    ("IPL_BIO", "IPL_NET", "IPL_TTY", "IPL_VM", "IPL_AUDIO", "IPL_CLOCK"),
    "IPL_CLOCK",
    why="soft interrupts are threads anyway, and from IPL_SCHED on a handler could not wait for the scheduler's locks",
)


STORM = Option(
    "storm",
    "a line that has interrupted so often without a rest pauses for a tick each time: 500 in 2004, 1000 to 2020, now 0",
    ("0", "500", "1000", "3"),
    "0",
)


WITNESS = Option(
    "witness", "whether a thread that holds a mutex may sleep, or take Giant: only WITNESS tells", ("off", "on"), "off"
)


#: With the rule of WITNESS.
WITNESSED = {"wait": WAIT_LOCKED, "memory": MEMORY_LOCKED, "big": GIANT_LATE}


def _forbidden(design: Design, line: str, witness: str) -> dict[str, Mapping[str, str]]:
    """What is refused, by which handlers are filters and which locks spin."""
    direct, spins = (design.level(each) >= design.level(line) for each in ("IPL_NET", "IPL_VM"))
    no_thread = {**NO_THREAD, "big": ADAPTIVE_HARD}
    return {
        "hard": {**no_thread, "low": SPIN_LOW if spins else ADAPTIVE_HARD},
        "device": no_thread if direct else THREADED,
        "soft": THREADED,
        "spin": {**SPIN_HELD, **({} if spins else {"low": ADAPTIVE_SPIN}), "big": ADAPTIVE_SPIN},
        "mutex": WITNESSED if witness == "on" else {},
        "unpreempted": {
            **UNPREEMPTED,
            **({} if spins else {"low": ADAPTIVE_UNPREEMPTED}),
            "big": ADAPTIVE_UNPREEMPTED,
        },
    }


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    line, storm = chosen["filter_at"], int(chosen["storm"])
    overload = "O1" if storm else design.vector["overload"]
    return replace(
        design,
        direct_from=line,
        spin_from=line,
        consts={
            **design.consts,
            "INTR_STORM_THRESHOLD": storm,
            **({"LOCKED_SLEEP": 0} if chosen["witness"] == "on" else {}),
        },
        forbidden=_forbidden(design, line, chosen["witness"]),
        vector={**design.vector, "overload": overload},
    )


#: The published figure has all of an interrupt without a thread at its entry.
POST_FILTER = (
    "post_filter, which is the end of interrupt, is called when the filters have looked at their devices "
    "(intr_event_handle), so it is behind the look here; the figure has it at entry"
)

FREEBSD = Design(
    name="freebsd",
    title="FreeBSD: filters, and interrupt threads that the scheduler runs",
    choices={
        "flow": "mask + eoi, unmask when the thread has run; filters: eoi last",
        "mask": "CPU flag",
        "top half": "quiet and wake; filter from filter_at on",
        "queue": "need flag per line; list per soft level and CPU",
        "carrier": "scheduled thread per line, per soft level and CPU; filters: interrupted context",
        "lock": "adaptive below filter_at, flag spin from there; rwlocks as NetBSD's; Giant, a mutex, around "
        "handlers that are not mpsafe",
        "priority": "fixed by class; lending along the chain; wake all",
        "preempt": "count zero",
        "overload": "masked until a thread ran",
    },
    vector={
        "flow": "F4",
        "mask": "M0",
        "top half": "T0 T1",
        "queue": "Q2",
        "carrier": "K3 K0",
        "lock": "adaptive spin-flag B2 by-handler",
        "priority": "P2 chain all",
        "preempt": "R2 real-time",
        "overload": "O7",
    },
    mechanisms=(
        *THREADS,
        "intr",
        "spl_flag",
        "flow_mask",
        "flow_event",
        "carrier_direct",
        "intr_event",
        "intr_disestablish",
        "swi",
        "turnstile",
        "mutex",
        "mutex_adaptive",
        "rwlock",
        "giant",
        "biglock_handler",
        "preempt",
    ),
    published={
        "line": Published(
            "FreeBSD sys/kern/kern_intr.c: intr_event_handle, intr_event_schedule_thread, ithread_loop",
            entry="mask eoi",
            exit="unmask",
            atomics="4+",
            stacks="0",
            wakes="1",
            switches="2",
        ),
        "high": Published(
            "FreeBSD sys/kern/kern_intr.c: intr_event_handle, and post_filter",
            entry="eoi",
            exit="",
            atomics="2",
            stacks="0",
            wakes="0",
            switches="0",
            differs={"entry": POST_FILTER, "exit": POST_FILTER},
        ),
    },
    rungs=RUNGS,
    spin_from="IPL_CLOCK",
    sleep_kind=MUTEX_ADAPTIVE,
    spin_kind=MUTEX_SPIN,
    consts={**CONSTS, "INTR_STORM_THRESHOLD": 0, "KPREEMPT_PRI": PRI_USER_RT, "TS_CHAINS": 64, "UNPREEMPTED_SLEEP": 0},
    options=(FILTER_AT, STORM, WITNESS),
    apply=_apply,
    words=WORDS,
    calls=CALLS,
)
