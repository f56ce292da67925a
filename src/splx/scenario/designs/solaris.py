"""solaris: interrupts as threads, as Solaris 2 and illumos have them.

Each level of each CPU up to LOCK_LEVEL has a thread, which runs handlers in situ on what they interrupt. The clock is
one of them. A thread that blocks lets its victim go on; its level and those below stay shut on that CPU until it has
ended. Levels above LOCK_LEVEL have no thread, and may take spin locks only. A lock is adaptive if the level it was
declared with is that of a thread, and spins otherwise. There is no big lock.

That kernel asserts no order among its spin mutexes: entering one only ever raises the level (lock_set_spl, splr). What
levels and interrupts make of an order is for `splx lockdep` and `splx check`.

`psm` is the platform module. `pcplusmp` writes the level to the CPU's task-priority register and leaves the line alone.
`apix` keeps the level in memory, ends every interrupt at once, and replays what came too early; so a level-triggered
line, which no level keeps away, has to be masked until its handlers have run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.levels import PRI_SOFTCLOCK
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_SPIN
from splx.scenario.calls.bsd import SOLARIS as CALLS
from splx.scenario.design import Design, Option
from splx.scenario.designs.netbsd_2006 import CONSTS, DRAIN, THREADS
from splx.scenario.legality import ADAPTIVE_HARD, ADAPTIVE_SPIN, NO_THREAD, SPIN_HELD
from splx.scenario.operations import Published
from splx.scenario.refusals import SOLARIS as WORDS

#: IPL_CLOCK is LOCK_LEVEL, 10 there; IPL_SCHED is DISP_LEVEL.
RUNGS = (
    ("IPL_NONE",),
    ("IPL_PREEMPT",),
    ("IPL_SOFTCLOCK",),
    ("IPL_SOFTBIO",),
    ("IPL_SOFTNET",),
    ("IPL_SOFTSERIAL",),
    ("IPL_BIO",),
    ("IPL_NET",),
    ("IPL_TTY", "IPL_VM"),
    ("IPL_AUDIO",),
    ("IPL_CLOCK",),
    ("IPL_SCHED",),
    ("IPL_SERIAL",),
    ("IPL_IPI",),
    ("IPL_HIGH",),
)

PSM = Option("psm", "where the level of a CPU is kept", ("pcplusmp", "apix"), "pcplusmp")


_THREAD = Published(
    "illumos usr/src/uts/i86pc/os/intr.c: intr_thread_prolog, intr_thread_epilog; pcplusmp's setlvl and setlvlx",
    entry="level eoi", exit="level", atomics="0", stacks="2", wakes="0", switches="0",
)  # fmt: skip
#: Not as published, and seen by nobody: interrupts are off from before the one until after the other.
_ORDER = (
    "setlvl raises the task priority and then ends the interrupt; here the trap ends it (`flow_enter`), and its frame "
    "raises the level (`mask_enter`), with interrupts off all the while"
)
_THREAD = replace(_THREAD, differs={"entry": _ORDER})
PCPLUSMP = {
    "line": _THREAD,
    "edge": _THREAD,
    "high": replace(_THREAD, source="illumos usr/src/uts/i86pc/os/intr.c: hilevel_intr_prolog", stacks="0-2"),
}
_APIX = replace(
    _THREAD, source="illumos usr/src/uts/i86pc/os/intr.c: apix_do_interrupt", entry="eoi", exit="", differs={}
)
_MASKED = (
    "apix_intr_enter calls apix_level_intr_pre_eoi (i86pc/io/apix/apix.c), which masks a level-triggered line of an "
    "I/O APIC that has no directed EOI and no EOI register (APIC_MUL_IOAPIC_MASK), as here; the figure is of "
    "one that need not be masked"
)
APIX = {"line": replace(_APIX, differs={"entry": _MASKED, "exit": _MASKED}), "edge": _APIX}


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    if chosen["psm"] == "pcplusmp":
        return design
    other = {"spl_eager": "spl_deferred", "flow_eoi_first": "flow_mask"}
    return replace(
        design,
        choices={
            **design.choices,
            "flow": "eoi first, a level line masked until its thread has run",
            "mask": "level, deferred: log and mask the line",
        },
        vector={**design.vector, "flow": "F1 F3", "mask": "M2 line"},
        published=APIX,
        mechanisms=tuple(other.get(each, each) for each in design.mechanisms),
    )


SOLARIS = Design(
    name="solaris",
    title="Solaris: interrupt threads that borrow their CPU, up to LOCK_LEVEL",
    choices={
        "flow": "eoi first; the level keeps the line away",
        "mask": "level, eager hardware write",
        "top half": "whole handler",
        "queue": "level bitmap, list per soft level and CPU",
        "carrier": "borrowed pinned thread, one per level per CPU; interrupted context above LOCK_LEVEL",
        "lock": "adaptive up to LOCK_LEVEL, level-raising spin above; no big lock",
        "priority": "level to priority; lending along the chain; wake all",
        "preempt": "count zero",
        "overload": "nothing",
    },
    vector={
        "flow": "F1",
        "mask": "M1",
        "top half": "T2",
        "queue": "Q1",
        "carrier": "K1 K0",
        "lock": "adaptive spin-level",
        "priority": "P1 chain all",
        "preempt": "R2",
        "overload": "O0",
    },
    mechanisms=(
        *THREADS,
        "intr",
        "spl_eager",
        "flow_eoi_first",
        "ithread",
        "softint",
        "turnstile",
        "mutex",
        "mutex_adaptive",
        "rwlock",
        "kernel_lock_none",
        "biglock_none",
        "preempt",
    ),
    published=PCPLUSMP,
    rungs=RUNGS,
    spin_from="IPL_SCHED",
    direct_from="IPL_SCHED",
    sleep_kind=MUTEX_ADAPTIVE,
    spin_kind=MUTEX_SPIN,
    consts={**CONSTS, "KPREEMPT_PRI": 0, "TS_CHAINS": 64, "INTR_SLEEP": 2, "FIFO_PRI": PRI_SOFTCLOCK},
    options=(PSM,),
    apply=_apply,
    accepted={"V10": DRAIN},
    forbidden={"hard": {**NO_THREAD, "low": ADAPTIVE_HARD}, "spin": {**SPIN_HELD, "low": ADAPTIVE_SPIN}},
    words=WORDS,
    calls=CALLS,
)
