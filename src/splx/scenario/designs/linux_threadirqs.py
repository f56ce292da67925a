"""linux-threadirqs: the same kernel started with `threadirqs`: every handler below IPL_CLOCK becomes a thread.

A line is masked from its interrupt until the threads of all its handlers have run. The threads have one priority,
that of SCHED_FIFO 50, with as many real-time priorities below it as above: of two that are ready the second runs when
the first sleeps, and not when a time slice ends. A handler runs as it did before, with interrupts off; the soft work
that it asks for runs when it lets it in again, in its thread; and it may not sleep, which only handlers may that were
written to be threads, of which there are none here. What an interrupt without a thread asks for is
ksoftirqd's.
"""

from __future__ import annotations

from dataclasses import replace

from splx.kernel.interface.levels import PRI_USER_RT
from splx.scenario.calls.linux import LINUX_THREADIRQS as CALLS
from splx.scenario.designs.linux import CHIP, EDGES, LINUX, PREEMPT, SOFT
from splx.scenario.operations import Published

IRQ_THREAD_PRI = PRI_USER_RT + 32

LINUX_THREADIRQS = replace(
    LINUX,
    name="linux-threadirqs",
    title="Linux with threadirqs: a thread for each handler",
    choices={
        **LINUX.choices,
        "flow": "mask + eoi, unmask when the last thread of the line has run",
        "top half": "quiet and wake",
        "queue": "flag per handler; class bitmap, list per class and CPU; poll list with a budget",
        "carrier": "scheduled thread per handler; soft: at the end of a section, per-CPU drain thread for the rest",
        "priority": "one for all interrupt threads; no lending; wake one",
        "overload": "masked until threads ran; quota + fallback thread",
    },
    vector={
        **LINUX.vector,
        "flow": "F3",
        "top half": "T0",
        "queue": "Q2 Q3 Q4 Q6",
        "carrier": "K3 K7",
        "priority": "P2 none one",
        "overload": "O4 O7",
    },
    published={
        "line": Published(
            "Linux kernel/irq/manage.c and handle.c: irq_thread, __irq_wake_thread; chip.c: handle_fasteoi_irq",
            entry="mask eoi",
            exit="unmask",
            atomics="6+",
            stacks="0-2",
            wakes="1",
            switches="2",
        ),
        "soft": SOFT,
    },
    mechanisms=(*LINUX.mechanisms, "irq_thread"),
    consts={
        **LINUX.consts,
        "IRQ_THREAD_PRI": IRQ_THREAD_PRI,
        "IRQ_FORCED_OFF": 1,
        "RT_BH_LOCK": 0,
        "FIFO_PRI": PRI_USER_RT,
    },
    options=tuple(each for each in LINUX.options if each not in (EDGES, CHIP, PREEMPT)),
    direct_from="IPL_CLOCK",
    calls=CALLS,
)
