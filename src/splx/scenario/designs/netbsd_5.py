"""netbsd-5: what was built in the end: hard interrupts stay traditional, soft interrupts are pinned threads.

Device levels are collapsed into IPL_VM, and only handlers there take the big lock. Locks below IPL_VM are adaptive
with lending along the chain; from there on they spin at their level. Soft interrupts may block on a lock.
Preemption of the kernel is refused where a count, the big lock, a softint or the level forbids it, and retried.

`build` is what the kernel is compiled for: any number of CPUs, or one. `lend`, `wake` and `preempt` are what it could
have been built with instead: lending less far, or not at all, as in the first turnstiles of January 2007; handing a
mutex to the best of those who wait for it; and no preemption of the kernel, as before 2008.

Levels: sys/arch/x86/include/intrdefs.h of 2014, with BIO, NET and TTY other names for VM, CLOCK and AUDIO for SCHED.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.levels import PRI_USER_RT
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_SPIN
from splx.scenario.calls.bsd import NETBSD_5 as CALLS
from splx.scenario.design import Design, Option
from splx.scenario.designs.netbsd_2006 import CONSTS, DRAIN, THREADS
from splx.scenario.legality import BIG_HARD, BIG_SPIN, NO_THREAD, SPIN_HELD, SPIN_LOW, THREADED
from splx.scenario.operations import Published
from splx.scenario.refusals import NETBSD_5 as WORDS

RUNGS = (
    ("IPL_NONE",),
    ("IPL_PREEMPT",),
    ("IPL_SOFTCLOCK",),
    ("IPL_SOFTBIO",),
    ("IPL_SOFTNET",),
    ("IPL_SOFTSERIAL",),
    ("IPL_BIO", "IPL_NET", "IPL_TTY", "IPL_VM"),
    ("IPL_AUDIO", "IPL_CLOCK", "IPL_SCHED"),
    ("IPL_SERIAL", "IPL_IPI", "IPL_HIGH"),
)

BUILD = Option(
    "build", "for any number of CPUs, or for one, with spin mutexes that are but a level", ("smp", "up"), "smp"
)


LEND = Option("lend", "how far who waits for a lock lends its priority", ("chain", "step", "none"), "chain")

WAKE = Option("wake", "whether a release wakes all who wait, or hands the lock to the best", ("all", "handoff"), "all")

PREEMPT = Option(
    "preempt", "whether threads in the kernel give way, if no count forbids it", ("count", "never"), "count"
)


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    if chosen["build"] == "up":
        design = replace(design, mechanisms=(*design.mechanisms, "mutex_up"))
        design = _with(design, "lock", ("level-raising spin", "level alone"))
    if chosen["lend"] == "step":
        design = _with(design, "priority", ("along the chain", "to the owner"), ("chain", "step"), TS_LEND=1)
    if chosen["lend"] == "none":
        design = _with(design, "priority", ("lending along the chain", "no lending"), ("chain", "none"), TS_LEND=0)
    if chosen["wake"] == "handoff":
        design = _with(design, "priority", ("wake all", "hand-off"), ("all", "handoff"), MTX_HANDOFF=1)
    if chosen["preempt"] == "never":
        never = tuple("preempt_never" if each == "preempt" else each for each in design.mechanisms)
        design = replace(design, mechanisms=never)
        codes = (design.vector["preempt"], "R0")
        design = _with(design, "preempt", (design.choices["preempt"], "never in the kernel"), codes, KPREEMPT_PRI=1000)
    return design


def _with(
    design: Design, axis: str, words: tuple[str, str], codes: tuple[str, str] = ("", ""), **consts: int
) -> Design:
    """The design with a choice told otherwise, in words and in codes, and other constants. What was published is of a
    kernel with the choices that it has.
    """
    return replace(
        design,
        choices={**design.choices, axis: design.choices[axis].replace(*words)},
        vector={**design.vector, axis: design.vector[axis].replace(*codes)} if codes[0] else design.vector,
        published={} if codes[0] else design.published,
        consts={**design.consts, **consts},
    )


NETBSD_5 = Design(
    name="netbsd-5",
    title="NetBSD 5: pinned softints, spin or adaptive by level",
    choices={
        "flow": "mask + eoi, unmask when the handlers have run",
        "mask": "level, deferred: log and mask the line",
        "top half": "whole handler",
        "queue": "level bitmap, list per soft level and CPU",
        "carrier": "interrupted context; soft: borrowed pinned thread, one per level per CPU",
        "lock": "level-raising spin from IPL_VM, adaptive below; big lock around IPL_VM handlers that are not mpsafe",
        "priority": "level to priority; lending along the chain; wake all",
        "preempt": "count zero, real-time priorities",
        "overload": "nothing",
    },
    vector={
        "flow": "F3",
        "mask": "M2 line",
        "top half": "T2",
        "queue": "Q1 Q4",
        "carrier": "K0 K1",
        "lock": "spin-level adaptive B1 by-handler",
        "priority": "P1 chain all",
        "preempt": "R2 real-time unlocked",
        "overload": "O0",
    },
    published={
        "soft": Published(
            "NetBSD sys/kern/kern_softint.c, sys/arch/amd64/amd64/spl.S and lock_stubs.S",
            entry="",
            exit="",
            atomics="0",
            stacks="2",
            wakes="0",
            switches="0",
            differs={
                "atomics": "Xsoftintr (spl.S of 2008) stores curlwp on its way to the thread, and on its way back "
                "exchanges the victim into it, since that `must be globally visible`; so does `softint_main` here"
            },
        ),
    },
    mechanisms=(
        *THREADS,
        "intr",
        "spl_deferred",
        "flow_mask",
        "carrier_direct",
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
    spin_from="IPL_VM",
    sleep_kind=MUTEX_ADAPTIVE,
    spin_kind=MUTEX_SPIN,
    consts={**CONSTS, "KPREEMPT_PRI": PRI_USER_RT, "TS_CHAINS": 64},
    options=(BUILD, LEND, WAKE, PREEMPT),
    apply=_apply,
    accepted={"V10": DRAIN},
    calls=CALLS,
    words=WORDS,
    forbidden={
        "hard": {**NO_THREAD, "low": SPIN_LOW, "big": BIG_HARD},
        "device": NO_THREAD,
        "soft": THREADED,
        "spin": {**SPIN_HELD, "big": BIG_SPIN},
    },
)
