"""netbsd-2006: the kernel that the debate of December 2006 was about, on a machine whose level is in hardware.

Handlers run on the interrupted context, and below IPL_SCHED they take the big lock. Soft interrupts run on the
victim's stack under the big lock. A lock that interrupts use is a level and a simple lock; a lock of threads sleeps.
A thread in the kernel runs until it sleeps, yields or returns to user mode.

`entry` is the rule by which interrupts take the big lock, of which there were two, and a third that came later: see
biglock_2006. `wait` is what a CPU lets in while it spins for that lock: the kernels of those years let in what its
level lets in, for the owner may depend on it. With `wait=defer` and `wait=forward` an interrupt does not spin at all:
see biglock_defer and biglock_forward.

`line` is the protocol of the interrupt controller. `mask` is i386's 8259, which masks a line for as long as its
handlers run; `level` is that of other ports, where the level keeps the line away and the controller is told once, at
the end.

Levels are those of i386 in 2002 (sys/arch/i386/include/intr.h): one for each class of device, with soft serial
above the network, and splclock, splsched, splserial and splhigh one level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.base.diagnostics import Diagnostic, SplxError
from splx.kernel.interface.levels import BIGLOCK_LINE, BIGLOCK_MPSAFE, PRI_COUNT
from splx.kernel.interface.locks import MUTEX_SIMPLE, MUTEX_SLEEP
from splx.scenario import codes
from splx.scenario.calls.bsd import NETBSD_2006 as CALLS
from splx.scenario.design import Design, Option
from splx.scenario.legality import (
    MEMORY_SIMPLE,
    NO_THREAD,
    SLEEP_2006,
    SPIN_2006,
    SWITCH_SIMPLE,
)
from splx.scenario.refusals import NETBSD_2006 as WORDS

#: What every design with the scheduler of `sched` and `switch` is built of.
THREADS = (
    "switch",
    "sched",
    "lwp",
    "kthread",
    "sleepq",
    "park",
    "condvar",
    "pool",
    "workqueue",
    "mutex_spin",
    "callout",
    "napi_softint",
    "timeout",
)

RUNGS = (
    ("IPL_NONE",),
    ("IPL_PREEMPT",),
    ("IPL_SOFTCLOCK",),
    ("IPL_SOFTBIO", "IPL_SOFTNET"),
    ("IPL_BIO",),
    ("IPL_NET",),
    ("IPL_SOFTSERIAL",),
    ("IPL_TTY",),
    ("IPL_VM",),
    ("IPL_AUDIO",),
    ("IPL_CLOCK", "IPL_SCHED", "IPL_SERIAL", "IPL_HIGH"),
    ("IPL_IPI",),
)

CONSTS = {
    "KPREEMPT_PRI": 1000, "RQ_SHIFT": 2, "RQ_COUNT": 64, "TS_CHAINS": 1, "SLEEP_HASHES": 16, "INTR_SLEEP": 0,
    "SCHED_SLICE": 10, "TS_LEND": 2, "MTX_HANDOFF": 0, "LOCKED_SLEEP": 1, "UNPREEMPTED_SLEEP": 1, "RAISED_SLEEP": 1,
    "BIGLOCK_RULE": BIGLOCK_LINE, "KLOCK_SHUT": 0, "FIFO_PRI": PRI_COUNT,
}  # fmt: skip

#: V10 of most designs, and V6 of 2006: what the kernels of those names do.
DRAIN = "soft interrupts are run to the last one before any thread, as there: ones that ask for themselves starve all"
ORDER = "handlers above the spin locks took the big lock, and with that the debate of 2006 began (cases/a9)"

LINE = Option("line", "what keeps a line away while its handlers run", ("mask", "level"), "mask")

ENTRIES = ("handler", "interrupted", "mpsafe")
ENTRY = Option(
    "entry",
    "which interrupts take the big lock, if they interrupted less than IPL_SCHED: those of handlers below IPL_SCHED; "
    "of these and of all others that are not mpsafe; or of handlers below IPL_SCHED that are not mpsafe",
    ENTRIES,
    "handler",
)

WAIT = Option(
    "wait",
    "what is let in while a CPU spins for the big lock: what its level lets in, or nothing",
    ("open", "shut"),
    "open",
)
#: With interrupts that do not wait: where the level is in hardware, a line that is quiet is in one place.
WAIT_OR_DEFER = replace(
    WAIT,
    title="what an interrupt does that finds the big lock taken: it spins, and lets in what its level lets in, or "
    "nothing; or it is put off until the lock is free; or handed to the CPU that has it",
    choices=("open", "shut", "defer", "forward"),
)
SHUT = "the simple way, to see what the careful one is for: nobody here waits for an answer of another CPU"


def _locked(design: Design, chosen: Mapping[str, str]) -> Design:
    """With the big lock that was chosen."""
    rule, shut = ENTRIES.index(chosen["entry"]), int(chosen["wait"] == "shut")
    accepted = {**design.accepted, "V7": SHUT} if shut else design.accepted
    consts = {**design.consts, "BIGLOCK_RULE": rule, "KLOCK_SHUT": shut}
    return _not_waiting(replace(design, consts=consts, accepted=accepted), chosen["wait"])


#: What an interrupt that does not wait does instead, in words. Its mechanism is `biglock_` and the choice.
INSTEAD = {"defer": "put off if it is taken", "forward": "handed to its owner if it is taken"}


def _not_waiting(design: Design, wait: str) -> Design:
    """With interrupts that do not wait, if that was chosen."""
    if wait not in INSTEAD:
        return design
    if design.consts["BIGLOCK_RULE"] == BIGLOCK_MPSAFE:
        message = f"`{design.name}` has no `wait={wait}` with `entry=mpsafe`"
        help_ = f"`wait={wait}` puts the whole line aside: choose `entry=handler` or `entry=interrupted`"
        raise SplxError(Diagnostic(codes.OPTION, message, help=help_))
    return replace(
        design,
        choices={**design.choices, "lock": f"{design.choices['lock']}, {INSTEAD[wait]}"},
        published={},
        mechanisms=(*design.mechanisms, f"biglock_{wait}"),
    )


def lined(design: Design, chosen: Mapping[str, str]) -> Design:
    """The design with the big lock and the protocol that were chosen."""
    design = _locked(design, chosen)
    if chosen["line"] == "mask":
        return design
    return replace(
        design,
        choices={**design.choices, "flow": "eoi last; the level keeps the line away"},
        vector={**design.vector, "flow": "F2"},
        published={},
        mechanisms=tuple("flow_eoi_last" if each == "flow_mask" else each for each in design.mechanisms),
    )


NETBSD_2006 = Design(
    name="netbsd-2006",
    title="NetBSD in 2006: big lock, levels in hardware",
    choices={
        "flow": "mask + eoi, unmask when the handlers have run",
        "mask": "level, eager hardware write",
        "top half": "whole handler",
        "queue": "list per soft level",
        "carrier": "interrupted context",
        "lock": "level + simple lock; sleeping; big lock at lines below IPL_SCHED",
        "priority": "hardware order; wake all; no lending",
        "preempt": "never in the kernel",
        "overload": "nothing",
    },
    vector={
        "flow": "F3",
        "mask": "M1",
        "top half": "T2",
        "queue": "Q1",
        "carrier": "K0",
        "lock": "spin-level sleep B1 by-line",
        "priority": "P0 none all",
        "preempt": "R0",
        "overload": "O0",
    },
    mechanisms=(
        *THREADS,
        "intr",
        "spl_eager",
        "flow_mask",
        "carrier_direct",
        "softint_2006",
        "simplelock_2006",
        "lockmgr",
        "kernel_lock_2006",
        "biglock_2006",
        "preempt_never",
    ),
    rungs=RUNGS,
    spin_from="IPL_SOFTCLOCK",
    sleep_kind=MUTEX_SLEEP,
    spin_kind=MUTEX_SIMPLE,
    consts=CONSTS,
    options=(LINE, ENTRY, WAIT_OR_DEFER),
    apply=lined,
    accepted={"V6": ORDER, "V10": DRAIN},
    calls=CALLS,
    words=WORDS,
    forbidden={
        **{place: {**NO_THREAD, "mutex": SLEEP_2006} for place in ("hard", "device", "soft")},
        "spin": {"mutex": SPIN_2006, "wait": SWITCH_SIMPLE, "memory": MEMORY_SIMPLE},
    },
)
