"""linux-napi-threaded: the same kernel with `threaded` set for every network device: a thread for each poll routine.

Everything else is as in `linux`. The threads are ordinary ones; with no time slices here in which they could take their
turn they are, as ksoftirqd, above those of scenarios that say nothing else, and below real-time ones.
"""

from __future__ import annotations

from dataclasses import replace

from splx.scenario.designs.linux import CHIP, LINUX, PREEMPT
from splx.scenario.operations import Published

LINUX_NAPI_THREADED = replace(
    LINUX,
    name="linux-napi-threaded",
    title="Linux with threaded NAPI: a thread for each poll routine",
    choices={
        **LINUX.choices,
        "queue": "class bitmap, list per class and CPU; flag per poll routine",
        "carrier": "interrupted context; soft: on the way out, drain thread for the rest; polls: a thread each",
        "overload": "quota + fallback thread; polled device masked until its thread has run",
    },
    vector={**LINUX.vector, "queue": "Q2 Q3 Q4", "carrier": "K0 K3 K7", "overload": "O4 O7"},
    mechanisms=tuple("napi_thread" if each == "napi" else each for each in LINUX.mechanisms),
    consts={**LINUX.consts, "NAPI_PRI": LINUX.consts["KSOFTIRQD_PRI"]},
    options=tuple(each for each in LINUX.options if each not in (CHIP, PREEMPT)),
    published={
        **LINUX.published,
        "napi": Published(
            "Linux net/core/dev.c: ____napi_schedule, napi_threaded_poll",
            entry="eoi",
            exit="",
            atomics="2-4",
            stacks="0",
            wakes="1",
            switches="2",
            own=("napi_thread",),
            whose="NAPI's",
            differs={
                "atomics": "the figure is of NAPI alone; the others are those of the line, as under `edge`, and the "
                "scheduler's, which wakes the thread that polls and switches to it and back"
            },
        ),
    },
)
