"""The smallest systems on which the drawings of the mechanism files can be performed.

A name is that of the file and the number of the drawing in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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


NETBSD_5 = design("netbsd-5")
NETBSD_2006 = design("netbsd-2006")
DORAN_2006 = design("doran-2006")
TEXTBOOK = design("textbook")


def instead(base, **mechanisms):
    """A design with other mechanisms: `instead(NETBSD_5, flow_mask="flow_eoi_last")`."""
    return replace(base, mechanisms=tuple(mechanisms.get(each, each) for each in base.mechanisms))


SETTINGS: dict[str, Setting] = {}
EAGER = instead(NETBSD_5, spl_deferred="spl_eager")
EOI_LAST = instead(NETBSD_5, flow_mask="flow_eoi_last")

SETTINGS |= {
    "biglock_2006:1": Setting("below_the_line", NETBSD_2006),
    "biglock_handler:1": Setting(
        "above_the_line",
        NETBSD_5,
        (
            Mutant("biglock_handler", " and ih.ih_level <= IPL_BIGLOCK", ""),
            Mutant("kernel_lock", '    assert ci.mtx_count == 0, "kernel_lock while a spin mutex is held"\n', ""),
        ),
        "spins on biglock.word for ever",
    ),
    "biglock_none:1": Setting("unlocked_handler", TEXTBOOK),
    "carrier_direct:1": Setting("section", NETBSD_5),
    "flow_eoi_first:1": Setting(
        "lines",
        TEXTBOOK,
        (
            Mutant(
                "spl_eager",
                "    spl.ilevel = level\n    set_hw_level(mask_clamp(level))\n    return old",
                "    spl.ilevel = level\n    return old",
            ),
        ),
        "interrupt nic",
    ),
    "flow_eoi_last:1": Setting("lines", EOI_LAST),
    "intr:1": Setting("lines", NETBSD_5),
    "kernel_lock_2006:2": Setting("below_the_line", NETBSD_2006),
    "kernel_lock_none:1": Setting("unlocked_threads", TEXTBOOK),
}

#: drawings that nobody has staged yet: they are read and printed, and not performed.
NOT_STAGED = {
    "condvar:1",
    "flow_mask:1",
    "ithread:1",
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
    "preempt:1",
    "preempt_never:1",
    "sched:1",
    "simplelock_2006:1",
    "simplelock_2006:2",
    "sleepq:1",
    "softint:1",
    "softint_2006:1",
    "spl_deferred:1",
    "spl_eager:1",
    "spl_threshold:1",
    "switch:1",
    "textbook_lock:1",
    "textbook_sched:1",
    "turnstile:1",
    "workqueue:1",
}

#: of these, drawings with a line for which the language of drawings has no word yet.
WORDLESS = {"spl_deferred:1", "spl_threshold:1"}
