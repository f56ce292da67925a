"""solaris: interrupts as threads, as Solaris 2 and illumos have them.

Each level of each CPU up to LOCK_LEVEL has a thread, which runs handlers in situ on what they interrupt. The clock is
one of them. A thread that blocks lets its victim go on; its level and those below stay shut on that CPU until it has
ended. Levels above LOCK_LEVEL have no thread, and may take spin locks only. A lock is adaptive if the level it was
declared with is that of a thread, and spins otherwise. There is no big lock.

`psm` is the platform module. `pcplusmp` writes the level to the CPU's task-priority register and leaves the line alone.
`apix` keeps the level in memory, ends every interrupt at once, and replays what came too early; so a level-triggered
line, which no level keeps away, has to be masked until its handlers have run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_SPIN
from splx.scenario.design import Design, Option
from splx.scenario.designs.netbsd_2006 import CONSTS, THREADS

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
        mechanisms=tuple(other.get(each, each) for each in design.mechanisms),
        restrictions=(),
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
    options=(PSM,),
    apply=_apply,
    restrictions=("all handlers of one line have one level",),
)
