"""The smallest systems on which the drawings of the mechanism files can be performed.

A name is that of the file and the number of the drawing in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.drawings import guards
from tests.drawings.mutants import Mutant

from splx.scenario.design import Design
from splx.scenario.designs import design


@dataclass(frozen=True)
class Setting:
    """A scenario of this folder under a design. With mutants the design itself parts from the drawing at `refused`."""

    scenario: str
    design: Design
    mutants: tuple[Mutant, ...] = ()
    refused: str = ""
    cpus: int = 2


def instead(base, **mechanisms):
    """A design with other mechanisms: `instead(NETBSD_5, flow_mask="flow_eoi_last")`."""
    return replace(base, mechanisms=tuple(mechanisms.get(each, each) for each in base.mechanisms))


NETBSD_2006 = design("netbsd-2006")
DEFERRED_2006 = design("netbsd-2006-deferred")
DORAN_2006 = design("doran-2006")
NETBSD_5 = design("netbsd-5")
TEXTBOOK = design("textbook")
EOI_LAST = instead(NETBSD_5, flow_mask="flow_eoi_last")
THRESHOLD = replace(
    instead(NETBSD_5, spl_deferred="spl_threshold"),
    exceptions={"flow_hold": "spl_threshold.flow_hold"},
    consts={**NETBSD_5.consts, "SPL_STOP": 0},
)

SETTINGS = {
    "biglock_2006:1": Setting("below_the_line", NETBSD_2006),
    "biglock_handler:1": Setting(
        "above_the_line", NETBSD_5, guards.BIGLOCK_ANY_LEVEL, "spins on biglock.word for ever"
    ),
    "biglock_none:1": Setting("unlocked_handler", TEXTBOOK),
    "carrier_direct:1": Setting("section", NETBSD_5),
    "flow_eoi_first:1": Setting("lines", TEXTBOOK, guards.MASK_ENTER_WITHOUT_REGISTER, "interrupt nic"),
    "flow_eoi_last:1": Setting("lines", EOI_LAST),
    "flow_mask:1": Setting("victim", DORAN_2006),
    "intr:1": Setting("lines", NETBSD_5),
    "ithread:1": Setting("victim", DORAN_2006),
    "kernel_lock_2006:2": Setting("below_the_line", NETBSD_2006),
    "kernel_lock_none:1": Setting("unlocked_threads", TEXTBOOK),
    "preempt:1": Setting("better", NETBSD_5),
    "preempt_never:1": Setting("better", NETBSD_2006),
    "softint:1": Setting("softints", NETBSD_5),
    "softint_2006:1": Setting("softints_of_two", DEFERRED_2006),
    "spl_deferred:1": Setting("levels", NETBSD_5, guards.SPLX_WITHOUT_PAIR, "spl.ipending is 1"),
    "spl_eager:1": Setting("levels", NETBSD_2006),
    "spl_eager:2": Setting("levels", NETBSD_2006, guards.REGISTER_FIRST, "spl.ilevel := IPL_VM"),
    "spl_threshold:1": Setting("levels", THRESHOLD, guards.TEST_FIRST, "mask_hold"),
}

#: drawings that nobody has staged yet: they are read and printed, and not performed.
NOT_STAGED = {
    "condvar:1",
    "kernel_lock:1",
    "kernel_lock:2",
    "kernel_lock_2006:1",
    "kthread:1",
    "lwp:1",
    "mutex:1",
    "mutex_adaptive:1",
    "mutex_adaptive:2",
    "mutex_spin:1",
    "mutex_spin:2",
    "park:1",
    "park:2",
    "pool:1",
    "sched:1",
    "simplelock_2006:1",
    "simplelock_2006:2",
    "sleepq:1",
    "switch:1",
    "textbook_lock:1",
    "textbook_sched:1",
    "turnstile:1",
    "workqueue:1",
}
