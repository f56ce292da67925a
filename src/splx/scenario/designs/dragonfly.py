"""dragonfly: DragonFly BSD: interrupt threads that preempt and return, and tokens in place of locks.

An interrupt starts the thread of its line on top of whatever runs, and the CPU goes back to that when the thread has
run, or must wait. A critical section keeps them away: it is a count there, and a level here, one for all devices and
one above for the clock, whose handlers run at once. What comes meanwhile is noted and comes afterwards. Soft
interrupts are threads that preempt and return in the same way. A lock is a token, which is lost for as long as its
owner sleeps; so is the big lock, which handlers take that are not mpsafe. A lock that the clock's handler uses spins.
Only interrupt threads preempt a thread in the kernel; one that had to go back waits until no token is held. What limits
the rate of a line is an option here, `livelock`, and so is, as there, the thread that polls all handlers, `emergency`:
both need a clock that calls `hardclock`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.levels import PRI_SOFTCLOCK
from splx.kernel.interface.locks import MUTEX_SPIN, MUTEX_TOKEN
from splx.scenario.calls.bsd import DRAGONFLY as CALLS
from splx.scenario.design import Design, Option
from splx.scenario.designs.netbsd_2006 import CONSTS, DRAIN, THREADS
from splx.scenario.legality import NO_THREAD, SPIN_HELD, TOKEN_HARD, TOKEN_SPIN
from splx.scenario.operations import Published
from splx.scenario.refusals import DRAGONFLY as WORDS

RUNGS = (
    ("IPL_NONE",),
    ("IPL_PREEMPT",),
    ("IPL_SOFTCLOCK",),
    ("IPL_SOFTBIO",),
    ("IPL_SOFTNET",),
    ("IPL_SOFTSERIAL",),
    ("IPL_BIO", "IPL_NET", "IPL_TTY", "IPL_VM", "IPL_AUDIO"),
    ("IPL_CLOCK", "IPL_SCHED", "IPL_SERIAL", "IPL_HIGH"),
    ("IPL_IPI",),
)

LIVELOCK = Option(
    "livelock",
    "a line of more rounds in a second (50 and 1: in a ms) has one a tick until it is calm: 50,000, later 40,000",
    ("off", "50000", "50", "1"),
    "off",
)

EMERGENCY = Option(
    "emergency",
    "all handlers are polled every so many ticks, 10 times a second there, whatever their lines say",
    ("off", "10", "1"),
    "off",
)

_MS = 10**9
#: Rounds, in which time, in ps; of how many wakings fewer than how many must find something: 20,000 of 50,000 there.
_LIMITS = {"50000": (50000, 1000 * _MS, 1000, 400), "50": (50, _MS, 5, 2), "1": (1, _MS, 1, 1)}
_CONSTS = ("LIVELOCK_LIMIT", "LIVELOCK_SECOND", "LIVELOCK_WAKES", "LIVELOCK_LOWATER")


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    return _polled(_limited(design, chosen["livelock"]), chosen["emergency"])


def _polled(design: Design, ticks: str) -> Design:
    if ticks == "off":
        return design
    return replace(
        design,
        mechanisms=(*design.mechanisms, "lwkt_emergency"),
        consts={**design.consts, "EMERGENCY_TICKS": int(ticks)},
        choices={**design.choices, "overload": f"{design.choices['overload']}; all handlers are polled"},
        vector={**design.vector, "overload": f"{design.vector['overload']} O8"},
    )


def _limited(design: Design, livelock: str) -> Design:
    if livelock == "off":
        return design
    return replace(
        design,
        mechanisms=(*design.mechanisms, "lwkt_livelock"),
        consts={**design.consts, **dict(zip(_CONSTS, _LIMITS[livelock], strict=True))},
        choices={**design.choices, "overload": "masked until a thread ran; by rate, with hysteresis: once a tick"},
        vector={**design.vector, "overload": "O2 O7"},
    )


LIGHT = (
    "lwkt_preempt changes to the interrupt thread and back without the scheduler: two light switches there, two "
    "changes of stack here"
)

DRAGONFLY = Design(
    name="dragonfly",
    title="DragonFly: interrupt threads that preempt and return, tokens for locks",
    choices={
        "flow": "mask + eoi, unmask when the thread has run",
        "mask": "critical section: a level for all devices, deferred: log and mask the line",
        "top half": "quiet and wake; whole handler from IPL_CLOCK on",
        "queue": "need flag per line; list per soft level and CPU",
        "carrier": "thread per line that preempts and returns; soft: pinned thread, one per soft level per CPU",
        "lock": "tokens below IPL_CLOCK, level-raising spin from there; the big lock is a token",
        "priority": "fixed by class; nobody waits but by spinning; no lending",
        "preempt": "by interrupt threads only",
        "overload": "masked until a thread ran",
    },
    vector={
        "flow": "F3",
        "mask": "M2 line",
        "top half": "T0 T2",
        "queue": "Q2 Q1",
        "carrier": "K2 K0 K1",
        "lock": "token spin-level B4 by-handler",
        "priority": "P2 none",
        "preempt": "R1",
        "overload": "O7",
    },
    published={
        "line": Published(
            "DragonFly sys/kern/kern_intr.c: sched_ithd_hard, ithread_handler; sys/kern/lwkt_thread.c: lwkt_preempt",
            entry="mask eoi",
            exit="unmask",
            atomics="0-1",
            stacks="0",
            wakes="1",
            switches="2",
            differs={"stacks": LIGHT, "switches": LIGHT},
        ),
    },
    mechanisms=(
        *THREADS,
        "intr",
        "spl_deferred",
        "flow_mask",
        "lwkt_ithread",
        "softint",
        "mutex",
        "lwkt_token",
        "lockmgr",
        "biglock_handler",
        "preempt",
    ),
    rungs=RUNGS,
    spin_from="IPL_CLOCK",
    direct_from="IPL_CLOCK",
    sleep_kind=MUTEX_TOKEN,
    spin_kind=MUTEX_SPIN,
    consts={**CONSTS, "KPREEMPT_PRI": PRI_SOFTCLOCK, "INTR_SLEEP": 2, "EMERGENCY_TICKS": 0},
    options=(LIVELOCK, EMERGENCY),
    apply=_apply,
    accepted={"V10": DRAIN},
    calls=CALLS,
    words=WORDS,
    forbidden={
        "hard": {**NO_THREAD, "low": TOKEN_HARD, "mutex": TOKEN_HARD, "big": TOKEN_HARD},
        "spin": {**SPIN_HELD, "low": TOKEN_SPIN, "mutex": TOKEN_SPIN, "big": TOKEN_SPIN},
    },
)
