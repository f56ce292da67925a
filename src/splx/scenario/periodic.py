"""Periodic threads: a timer line releases each job, and the job's response is from the line's assertion to the
job's end.

Every periodic thread has a timer of its own, one-shot in effect: each release is one interrupt, and nothing ticks
between them. The handler pops what has expired and lets the thread go on once for each; the thread runs the job and
says that the item is done. So a job's latency is measured like a packet's, and a release that comes while a job
still runs is kept.
"""

from __future__ import annotations

from collections.abc import Callable

from splx.kernel.interface.levels import MARK_DONE
from splx.kernel.interface.lwp import Lwp
from splx.kernel.interface.sched import lwp_park, lwp_unpark
from splx.lang.kernel import Struct, i64
from splx.machine.intrinsics import mark
from splx.scenario.devices import EDGE, Device


class Timer(Device):
    """The timer of a periodic thread. Its ring is the releases that can wait."""

    default_ring = 64
    default_trigger = EDGE


class Job(Struct):
    """A periodic thread and its timer. Set when declared."""

    jb_timer: Timer
    jb_lwp: Lwp
    jb_func: Callable[[int], None]
    jb_arg: i64


def job_release(job: Job) -> None:
    """The handler of the timer."""
    timer = job.jb_timer
    item = timer.pop()
    while item != 0:
        lwp_unpark(job.jb_lwp)
        item = timer.pop()


def job_loop(job: Job) -> None:
    """The thread. Items are numbered as they arrive, so the n-th job finishes item n."""
    run = job.jb_func
    arg = job.jb_arg
    timer = job.jb_timer
    item = 1
    while True:
        lwp_park()
        run(arg)
        mark(MARK_DONE, timer, item)
        item += 1
