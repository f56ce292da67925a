"""linux: handlers with interrupts off, soft interrupts on the way out, and a thread for what is too much.

The CPU's flag keeps handlers out, a count keeps soft interrupts out. A lock of a device's level is
`spin_lock_irqsave`, one of a soft level `spin_lock_bh`, one of threads a mutex. That lends nothing, and inversion has
no bound; with `lend=chain` locks of threads lend the priority of who waits along the chain, as an rt_mutex does. A
release wakes one of those who wait, which competes: the best, where Linux's own wakes the first, and hands over to one
that has come too late (MUTEX_FLAG_HANDOFF). There is no big lock any more. `preempt` says when a thread in the kernel
gives way.

ksoftirqd is above ordinary threads and below real-time ones; with `share=fair`, and a clock that calls `hardclock`, it
is one of them, and they take turns by how much they have run. `ksoftirqd` says whether interrupts leave soft work to
that thread once it is runnable (`waits`, 2016 to 2023), or do what was left to it as well, as does every section that
ends (`looks`, before and since).

Requests are those of pools of workers; with `workqueue=thread` each workqueue has a thread, which serves them in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.levels import PRI_KTHREAD
from splx.kernel.interface.locks import MUTEX_ADAPTIVE, MUTEX_SPIN
from splx.scenario.calls import own
from splx.scenario.calls.linux import LINUX as CALLS
from splx.scenario.design import Design, Option
from splx.scenario.designs.netbsd_2006 import CONSTS, THREADS
from splx.scenario.legality import NO_THREAD, RAISED, SPIN_HELD, SPIN_LOW, UNPREEMPTED
from splx.scenario.operations import Published
from splx.scenario.refusals import LINUX as WORDS

RUNGS = (
    ("IPL_NONE",),
    ("IPL_PREEMPT",),
    ("IPL_SOFTCLOCK", "IPL_SOFTBIO", "IPL_SOFTNET", "IPL_SOFTSERIAL"),
    ("IPL_BIO",),
    ("IPL_NET",),
    ("IPL_TTY",),
    ("IPL_VM",),
    ("IPL_AUDIO",),
    ("IPL_CLOCK", "IPL_SCHED", "IPL_SERIAL", "IPL_HIGH"),
    ("IPL_IPI",),
)

SOFTIRQ = {
    "SOFTIRQ_ROUNDS": 10,
    "SOFTIRQ_TIME": 2 * 10**9,
    "KSOFTIRQD_WAITS": 0,
    "KSOFTIRQD_PRI": PRI_KTHREAD + 1,
}
NETDEV = {"NETDEV_BUDGET": 300, "NETDEV_TIME": 2 * 10**9}

KSOFTIRQD = Option(
    "ksoftirqd",
    "once it is runnable, interrupts do soft work as before, leave it to it, or do what it was woken for, too",
    ("inline", "waits", "looks"),
    "inline",
)


SHARE = Option(
    "share",
    "threads of one priority take turns by slices, ksoftirqd above them, or by what each has used, ksoftirqd as they",
    ("slices", "fair"),
    "slices",
)


IRQDEBUG = Option(
    "irqdebug",
    "a line is shut if all but one in 1,000 of so many interrupts were nobody's: 99,900 of 100,000 in Linux",
    ("off", "100000", "1000", "3"),
    "off",
)


EDGES = Option(
    "edges",
    "an edge that comes to a CPU while its handler runs on another: noted and delivered again when that is through "
    "(fasteoi); masked, and the handler runs again there (edge); waited for (edge, since 2025)",
    ("resend", "pend", "wait"),
    "resend",
)


CHIP = Option(
    "chip",
    "what the controller of level-triggered lines wants: to be told of the end (fasteoi), or a mask meanwhile (level)",
    ("fasteoi", "level"),
    "fasteoi",
)


WORKQUEUE = Option(
    "workqueue",
    "requests are served by workers of the CPU where they were made, of which each pool has two, one or four; or one, "
    "and makes more when it needs them, up to two or four; or in order by the thread of their workqueue",
    ("pools", "pools-1", "pools-4", "grows-2", "grows-4", "thread"),
    "pools",
)


TASKLETS = Option(
    "tasklets",
    "tasklets are on lists of their own, and tried again if they cannot run; or requests of a BH workqueue (since 6.9)",
    ("list", "bh"),
    "list",
)


PREEMPT = Option(
    "preempt",
    "a thread in the kernel gives way to a better one at once (full); where it may sleep, and on its way to user mode "
    "(voluntary); only there (none)",
    ("full", "voluntary", "none"),
    "full",
)


LEND = Option(
    "lend",
    "whether who waits for a lock of threads lends its priority: not for a mutex, along the chain for an rt_mutex",
    ("none", "chain"),
    "none",
)


def _preempting(design: Design, choice: str) -> Design:
    """With `preempt=voluntary` or `none`."""
    if choice == "full":
        return design
    points = choice == "voluntary"
    says = "where it may sleep, and on the way to user mode" if points else "on the way to user mode"
    never = tuple("preempt_never" if each == "preempt" else each for each in design.mechanisms)
    return replace(
        design,
        choices={**design.choices, "preempt": says},
        vector={**design.vector, "preempt": "R4" if points else "R0"},
        forbidden={place: acts for place, acts in design.forbidden.items() if place != "unpreempted"},  # nobody counts
        mechanisms=(*never, "preempt_points") if points else never,
    )


def _lending(design: Design, choice: str) -> Design:
    """With `lend=chain`."""
    if choice == "none":
        return design
    return replace(
        design,
        choices={
            **design.choices,
            "lock": f"{design.choices['lock']}, lending along the chain",
            "priority": design.choices["priority"].replace("no lending", "lending along the chain"),
        },
        vector={**design.vector, "priority": design.vector["priority"].replace("none", "chain")},
        consts={**design.consts, "TS_LEND": 2},
    )


def pooling(design: Design, choice: str) -> Design:
    """With `workqueue=pools`, or `pools-` and how many: a stock of workers on each CPU, one of which runs; or they are
    made on demand: `grows-` and how many at most.
    """
    if choice == "thread":
        return replace(design, published={})
    kind, _, stock = choice.partition("-")
    grows = kind == "grows"
    return replace(
        design,
        mechanisms=(
            *("kworker" if each == "workqueue" else each for each in design.mechanisms),
            "kworker_unbound",
            "kworker_manager",
        ),
        choices={
            **design.choices,
            "queue": f"{design.choices['queue']}; work pool per CPU",
            "carrier": f"{design.choices['carrier']}; work: shared pool, another when one sleeps"
            f"{', made on demand' if grows else ''}",
        },
        vector={
            **design.vector,
            "queue": " ".join(dict.fromkeys([*design.vector["queue"].split(), "Q5"])),
            "carrier": f"{design.vector['carrier']} K6",
        },
        published=design.published if choice == WORKQUEUE.default else {},  # as of that
        consts={**design.consts, "KWORKERS": int(stock or 2), "WQ_GROWS": int(grows)},
        calls={**design.calls, "workqueue_enqueue": own("queue_work, which asks the pool of this CPU.")},
    )


def requesting(design: Design, choice: str) -> Design:
    """With `tasklets=bh`: a tasklet is a request, which waits where it runs."""
    if choice == "list":
        return design
    return replace(
        design,
        mechanisms=tuple("bh_workqueue" if each == "tasklet" else each for each in design.mechanisms),
        choices={**design.choices, "queue": f"{design.choices['queue']}; tasklets: work pool per CPU"},
        vector={**design.vector, "queue": design.vector["queue"].replace("Q4", "Q5")},
        consts={**design.consts, "BH_WORKER_RESTARTS": 10, "BH_WORKER_TIME": 2 * 10**9},
        calls={**design.calls, "tasklet_schedule": BH_CALL},
    )


def counting(design: Design, choice: str) -> Design:
    """With `irqdebug`: a line whose interrupts are nobody's is shut."""
    if choice == "off":
        return design
    count = int(choice)
    most = count - max(1, count // 1000)
    return replace(
        design,
        mechanisms=(*design.mechanisms, "spurious"),
        consts={**design.consts, "IRQ_DEBUG_COUNT": count, "IRQ_DEBUG_UNHANDLED": most},
        vector={**design.vector, "overload": f"O3 {design.vector['overload']}"},
    )


def sharing(design: Design, choice: str) -> Design:
    """With `share=fair`: ordinary threads by what they have used, and ksoftirqd and threads that poll among them."""
    if choice == "slices":
        return design
    waits = "" if design.has("napi") else "napi"  # the thread that polls waits for its turn
    return replace(
        design,
        published={situation: each for situation, each in design.published.items() if situation != waits},
        choices={**design.choices, "priority": f"{design.choices['priority']}; equals by what they have used"},
        vector={**design.vector, "priority": f"{design.vector['priority']} shares"},
        mechanisms=(*design.mechanisms, "sched_fair"),
        consts={**design.consts, "KSOFTIRQD_PRI": PRI_KTHREAD, "NAPI_PRI": PRI_KTHREAD},
    )


def flowing(design: Design, choice: str) -> Design:
    """With `chip=level`: level-triggered lines are masked while their handlers run."""
    if choice == "fasteoi":
        return design
    return replace(
        design,
        choices={
            **design.choices,
            "flow": "levels: mask + eoi, unmask when the handlers have run; edges: eoi last; a disabled line is masked "
            "when it interrupts",
        },
        vector={**design.vector, "flow": "F3 F2 z"},
        consts={**design.consts, "LEVEL_MASKS": 1},
        published={**design.published, "line": LEVEL},
    )


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    design = flowing(design, chosen.get("chip", CHIP.default))
    design = _lending(_preempting(design, chosen.get("preempt", "full")), chosen["lend"])
    design = requesting(design, chosen["tasklets"])
    design = pooling(sharing(counting(design, chosen["irqdebug"]), chosen["share"]), chosen["workqueue"])
    waits, looks = chosen["ksoftirqd"] == "waits", chosen["ksoftirqd"] == "looks"
    queue = f"{design.vector['queue']} yields" if waits else design.vector["queue"]
    return replace(
        design,
        consts={
            **design.consts,
            "KSOFTIRQD_WAITS": int(waits),
            "SOFTIRQ_LOOKS": int(looks),
            "EDGE_FLOW": EDGES.choices.index(chosen.get("edges", EDGES.default)),
        },
        vector={**design.vector, "queue": queue},
    )


BH_CALL = own(
    "queue_work(system_bh_wq) and (system_bh_highpri_wq), disable_work_sync, enable_and_queue_work and flush_work."
)

FASTEOI = Published(
    "Linux kernel/irq/chip.c: handle_fasteoi_irq",
    entry="(ack)", exit="eoi", atomics="2", stacks="0-2", wakes="0", switches="0",
)  # fmt: skip
LEVEL = Published(
    "Linux kernel/irq/chip.c: handle_level_irq, mask_ack_irq, cond_unmask_irq",
    entry="mask eoi", exit="unmask", atomics="2", stacks="0-2", wakes="0", switches="0",
)  # fmt: skip
BURST = Published(
    "Linux net/core/dev.c: napi_schedule_prep, net_rx_action, napi_complete_done",
    entry="eoi", exit="", atomics="1-3", stacks="0-2", wakes="0", switches="0",
    own=("napi",), whose="NAPI's",
    differs={"atomics": "the figure is of NAPI alone; the others are those of the line, as under `edge`"},
)  # fmt: skip
SOFT = Published(
    "Linux kernel/softirq.c: irq_exit, __do_softirq",
    entry="", exit="", atomics="0", stacks="0-2", wakes="0", switches="0",
)  # fmt: skip

LINUX = Design(
    name="linux",
    title="Linux: interrupts off in handlers, softirqs on the way out",
    choices={
        "flow": "eoi last; the flag keeps the line away; a disabled line is masked when it interrupts",
        "mask": "CPU flag; bottom-half count",
        "top half": "whole handler",
        "queue": "class bitmap, list per class and CPU; poll list with a budget",
        "carrier": "interrupted context; soft: on the way out, per-CPU drain thread for what is too much",
        "lock": "flag spin, spin with soft interrupts off; adaptive",
        "priority": "hardware order, then fixed; no lending; wake one",
        "preempt": "count zero",
        "overload": "quota + fallback thread",
    },
    vector={
        "flow": "F2 z",
        "mask": "M0 M3",
        "top half": "T2",
        "queue": "Q3 Q4 Q6",
        "carrier": "K0 K7",
        "lock": "spin-flag spin-preempt adaptive",
        "priority": "P0 P2 none one",
        "preempt": "R2",
        "overload": "O4",
    },
    mechanisms=(
        *(each for each in THREADS if each != "napi_softint"),
        "napi",
        "tasklet",
        "intr",
        "spl_flag",
        "flow_eoi_last",
        "irq_chip",
        "irq_manage",
        "carrier_direct",
        "softirq",
        "turnstile",
        "mutex",
        "mutex_adaptive",
        "rwlock",
        "kernel_lock_none",
        "biglock_none",
        "preempt",
    ),
    published={"line": FASTEOI, "edge": FASTEOI, "soft": SOFT, "napi": BURST},
    rungs=RUNGS,
    spin_from="IPL_SOFTCLOCK",
    sleep_kind=MUTEX_ADAPTIVE,
    spin_kind=MUTEX_SPIN,
    consts={
        **CONSTS,
        **SOFTIRQ,
        **NETDEV,
        "TS_LEND": 0,
        "MTX_HANDOFF": 2,
        "EDGE_FLOW": 0,
        "LEVEL_MASKS": 0,
        "KPREEMPT_PRI": 0,
        "TS_CHAINS": 64,
        "UNPREEMPTED_SLEEP": 0,
        "RAISED_SLEEP": 0,
    },
    options=(KSOFTIRQD, SHARE, IRQDEBUG, EDGES, CHIP, WORKQUEUE, TASKLETS, PREEMPT, LEND),
    apply=_apply,
    forbidden={
        "hard": {**NO_THREAD, "low": SPIN_LOW},
        "device": NO_THREAD,
        "soft": NO_THREAD,
        "spin": SPIN_HELD,
        "unpreempted": UNPREEMPTED,
        "raised": RAISED,
    },
    words=WORDS,
    calls=CALLS,
)
