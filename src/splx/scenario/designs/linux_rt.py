"""linux-rt: Linux with PREEMPT_RT: handlers and soft interrupts in threads, spin locks that sleep and lend.

What is below IPL_CLOCK runs in threads, as with `threadirqs`, but with interrupts on, and gives way to better ones. A
lock of a level below that is a spinlock_t, which sleeps; one of IPL_CLOCK and above is raw. Soft interrupts are done
by the thread that asked for them, at the end of its section; those of timers by ktimers, which is the worst of the
real-time threads, all others by ksoftirqd. `bh` says whether sections of one CPU exclude one another by a lock, as
before Linux 6.18 and with PREEMPT_RT_NEEDS_BH_LOCK since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from splx.kernel.interface.levels import PRI_USER_RT
from splx.kernel.interface.locks import MUTEX_RT
from splx.scenario.calls.linux import LINUX_RT as CALLS
from splx.scenario.calls.linux import NO_LOCK
from splx.scenario.design import Design, Option
from splx.scenario.designs.linux import IRQDEBUG, WORKQUEUE, counting, pooling
from splx.scenario.designs.linux_threadirqs import LINUX_THREADIRQS
from splx.scenario.legality import (
    NO_THREAD,
    RAISED,
    RT_HARD,
    RT_RAW,
    RT_SOFT,
    RT_UNPREEMPTED,
    SPIN_HELD,
    THREADED,
    UNPREEMPTED,
)
from splx.scenario.operations import Published

RUNGS = (
    ("IPL_NONE",),
    ("IPL_SOFTCLOCK", "IPL_SOFTBIO", "IPL_SOFTNET", "IPL_SOFTSERIAL"),
    ("IPL_BIO",),
    ("IPL_NET",),
    ("IPL_TTY",),
    ("IPL_VM",),
    ("IPL_AUDIO",),
    ("IPL_PREEMPT",),
    ("IPL_CLOCK", "IPL_SCHED", "IPL_SERIAL", "IPL_HIGH"),
    ("IPL_IPI",),
)

BH = Option(
    "bh",
    "sections without soft interrupts take a lock of their CPU, or only stay on it",
    ("lock", "none"),
    "lock",
)

INSTEAD = {"spl_flag": "spl_rt", "softirq": "softirq_rt", "mutex_adaptive": "rtmutex", "rwlock": "rwlock_rt"}
WITHOUT = {"turnstile"}


def _apply(design: Design, chosen: Mapping[str, str]) -> Design:
    design = pooling(counting(design, chosen["irqdebug"]), chosen["workqueue"])
    if chosen["bh"] == "lock":
        return design
    lock = {"choices": "sleeping spin, raw flag spin", "vector": "sleeping-spin spin-flag"}
    return replace(
        design,
        consts={**design.consts, "RT_BH_LOCK": 0},
        calls={**design.calls, "splraise": NO_LOCK},
        choices={**design.choices, "mask": "none; CPU flag in raw sections", "lock": lock["choices"]},
        vector={**design.vector, "lock": lock["vector"]},
    )


LINUX_RT = replace(
    LINUX_THREADIRQS,
    name="linux-rt",
    title="Linux with PREEMPT_RT: threads, and spin locks that sleep",
    choices={
        **LINUX_THREADIRQS.choices,
        "mask": "none, but by a lock of the CPU; CPU flag in raw sections",
        "queue": "flag per handler; class bitmap, list per class and CPU, drained by who filled it",
        "carrier": "scheduled thread per handler; soft: the thread that asked, per-CPU drain threads for the rest",
        "lock": "sleeping spin, per-CPU lock of soft sections, raw flag spin",
        "priority": "fixed; lending along the chain, the best waiter is woken",
        "preempt": "nearly everywhere",
    },
    vector={
        **LINUX_THREADIRQS.vector,
        "mask": "M4 M0",
        "lock": "sleeping-spin spin-flag bh",
        "priority": "P2 chain one",
        "preempt": "R3",
    },
    published={
        "line": Published(
            "Linux kernel/irq/manage.c: irq_thread; kernel/softirq.c: __local_bh_disable_ip of PREEMPT_RT",
            entry="mask eoi",
            exit="unmask",
            atomics="8+",
            stacks="0",
            wakes="1",
            switches="2",
        ),
    },
    mechanisms=tuple(INSTEAD.get(each, each) for each in LINUX_THREADIRQS.mechanisms if each not in WITHOUT),
    rungs=RUNGS,
    spin_from="IPL_CLOCK",
    sleep_kind=MUTEX_RT,
    consts={
        **LINUX_THREADIRQS.consts,
        "IRQ_FORCED_OFF": 0,
        "RT_BH_LOCK": 1,
        "KTIMERS_PRI": PRI_USER_RT + 1,
    },
    options=(BH, IRQDEBUG, WORKQUEUE),
    apply=_apply,
    forbidden={
        "hard": {**NO_THREAD, "low": RT_HARD, "mutex": RT_HARD},
        **{place: {**THREADED, "mutex": RT_SOFT} for place in ("device", "soft")},
        "spin": {**SPIN_HELD, "low": RT_RAW, "mutex": RT_RAW},
        "unpreempted": {**UNPREEMPTED, "low": RT_UNPREEMPTED, "mutex": RT_UNPREEMPTED},
        "raised": {**RAISED, "mutex": RT_SOFT},
    },
    calls=CALLS,
)
