"""doran-2006: what Andrew Doran proposed on 1 December 2006: interrupts as threads, and locks in place of levels.

Each level of each CPU has a thread that runs handlers in situ, on top of whatever they interrupt, and lets it go on
if it must wait for a lock. Only from `line_at` upwards are handlers traditional. A lock whose highest user is below
that line is adaptive, and whoever waits for it lends its priority; above it a lock spins at its level, or at IPL_VM
if that is higher: the big lock is taken up to there (see biglock_handler). Preemption
of the kernel is possible whenever nothing forbids it. Which levels stay traditional he left open (network, audio,
serial, clock were named).

While the thread of a level is blocked, that level and those below stay shut on its CPU: the clamp of Solaris, whose
interrupt threads these are. With `clamp=off` they do not, and what comes for that thread waits until it ends. With
`threads=2` or more a level has several threads, and is shut when the last of them has blocked; a line that one of them
is at waits for that one.

An interrupt thread may wait for a lock, but not sleep for a condition or for memory. That should trip an assertion:
`sleeping` says whether it does on every call that may sleep, only once such a thread does sleep, or never. What is said
then is what netbsd-5 says, which was built after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.levels import PRI_USER_RT
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_SPIN
from splx.scenario.calls.bsd import NETBSD_5 as CALLS
from splx.scenario.design import Design, Option
from splx.scenario.designs.netbsd_2006 import CONSTS, DRAIN, THREADS
from splx.scenario.legality import (
    ADAPTIVE_HARD,
    ADAPTIVE_SPIN,
    BIG_HARD,
    BIG_SPIN,
    NO_THREAD,
    SPIN_HELD,
    SPIN_LOW,
    THREADED,
)
from splx.scenario.refusals import NETBSD_5 as WORDS

#: Every class of device has a level of its own, and soft levels are below all of them.
RUNGS = (
    ("IPL_NONE",),
    ("IPL_PREEMPT",),
    ("IPL_SOFTCLOCK",),
    ("IPL_SOFTBIO",),
    ("IPL_SOFTNET",),
    ("IPL_SOFTSERIAL",),
    ("IPL_BIO",),
    ("IPL_NET",),
    ("IPL_TTY",),
    ("IPL_VM",),
    ("IPL_AUDIO",),
    ("IPL_CLOCK", "IPL_SCHED"),
    ("IPL_SERIAL",),
    ("IPL_IPI",),
    ("IPL_HIGH",),
)

LINE_AT = Option(
    "line_at",
    "the lowest level whose handlers stay traditional",
    ("IPL_BIO", "IPL_NET", "IPL_TTY", "IPL_VM", "IPL_AUDIO", "IPL_CLOCK"),
    "IPL_AUDIO",
    why="handlers below the line run in threads: soft ones do so anyway, and none may run above the locks by which "
    "threads are switched, at IPL_SCHED",
)


#: In the order of INTR_SLEEP.
ASLEEP = ("every-call", "asleep", "never")

SLEEPING = Option("sleeping", "when an interrupt thread that sleeps for a condition is stopped", ASLEEP, "every-call")

CLAMP = Option(
    "clamp",
    "whether the level of an interrupt thread that has blocked, and those below, stay shut until it ends",
    ("on", "off"),
    "on",
)

THREADS_EACH = Option(
    "threads",
    "how many interrupt threads each level of each CPU has",
    ("1", "2", "3", "4"),
    "1",
    why="each is one more handler of a level that may wait for a lock while others of that level run, and more states",
)
OPEN = "what the clamp is for can be seen without: what comes for a thread that is blocked is put aside meanwhile"
#: Functions of a kernel whose interrupt threads do not block.
UNCLAMPED = {each: f"carrier_direct.{each}" for each in ("mask_clamp", "mask_clamped", "mask_ready")}


def _open(design: Design) -> Design:
    """Without the clamp."""
    return replace(
        design,
        choices={**design.choices, "carrier": f"{design.choices['carrier']}; no level shut behind one that blocks"},
        exceptions={**design.exceptions, **UNCLAMPED},
        accepted={**design.accepted, "V1": OPEN},
    )


def _several(design: Design, threads: str) -> Design:
    """With more than one thread for each level."""
    carrier = design.choices["carrier"].replace("one per level", f"{threads} per level")
    return replace(
        design,
        choices={**design.choices, "carrier": carrier},
        mechanisms=tuple("ithread_pool" if each == "ithread" else each for each in design.mechanisms),
        consts={**design.consts, "ITHREADS": int(threads)},
    )


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    design = _several(design, chosen["threads"]) if chosen["threads"] != "1" else design
    design = _open(design) if chosen["clamp"] == "off" else design
    line = chosen["line_at"]
    consts = {**design.consts, "INTR_SLEEP": ASLEEP.index(chosen["sleeping"])}
    forbidden = _forbidden(design, line, {} if chosen["sleeping"] == "never" else THREADED)
    return replace(design, direct_from=line, spin_from=line, consts=consts, forbidden=forbidden)


def _forbidden(design: Design, line: str, threaded: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """What is refused, by which handlers have no thread and which locks spin. `threaded` is so in a thread."""
    direct, spins = (design.level(each) >= design.level(line) for each in ("IPL_NET", "IPL_VM"))
    return {
        "hard": {**NO_THREAD, "low": SPIN_LOW if spins else ADAPTIVE_HARD, "big": BIG_HARD},
        "device": NO_THREAD if direct else threaded,
        "soft": threaded,
        "spin": {**SPIN_HELD, **({} if spins else {"low": ADAPTIVE_SPIN}), "big": BIG_SPIN},
    }


DORAN_2006 = Design(
    name="doran-2006",
    title="Doran's proposal: interrupt threads below a level, locks in place of levels",
    choices={
        "flow": "mask + eoi, unmask when the thread has run",
        "mask": "level, deferred: log and mask the line",
        "top half": "whole handler",
        "queue": "level bitmap",
        "carrier": "borrowed pinned thread, one per level per CPU; interrupted context from line_at on",
        "lock": "adaptive below line_at, level-raising spin from there; big lock around handlers that are not mpsafe",
        "priority": "level to priority; lending along the chain; wake all",
        "preempt": "count zero, real-time priorities",
        "overload": "masked until a thread ran",
    },
    vector={
        "flow": "F3",
        "mask": "M4 M2 line",
        "top half": "T2",
        "queue": "Q1",
        "carrier": "K1 K0",
        "lock": "adaptive spin-level B1 by-handler",
        "priority": "P1 chain all",
        "preempt": "R2 real-time unlocked",
        "overload": "O7",
    },
    mechanisms=(
        *THREADS,
        "intr",
        "spl_deferred",
        "flow_mask",
        "ithread",
        "softint",
        "turnstile",
        "mutex",
        "mutex_adaptive",
        "rwlock",
        "kernel_lock",
        "biglock_handler",
        "preempt",
    ),
    rungs=RUNGS,
    spin_from="IPL_AUDIO",
    sleep_kind=MUTEX_ADAPTIVE,
    spin_kind=MUTEX_SPIN,
    consts={**CONSTS, "KPREEMPT_PRI": PRI_USER_RT, "TS_CHAINS": 64},
    options=(LINE_AT, SLEEPING, CLAMP, THREADS_EACH),
    apply=_apply,
    direct_from="IPL_AUDIO",
    accepted={"V10": DRAIN},
    calls=CALLS,
    words=WORDS,
)
