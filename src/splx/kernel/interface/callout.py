"""Ticks: what hardclock does on each CPU, callouts, and sleeps that end by themselves.

What the builder of a system fills, if the scenario calls `hardclock`:

    callouts.cpu[c]           the CalloutCpu of CPU c, with a spin mutex of IPL_SCHED of its own
    callouts.home[c]          that of CPU c if a clock of its own calls `hardclock`, else that of the first CPU with one
    callouts.softint          the softint at IPL_SOFTCLOCK whose function is `callout_softclock`
    Callout.c_cpu             that of the first CPU with a clock
    timeouts.lwp[n]           the SleepTimeout of thread n, if it may sleep for a time; its callout calls
                              `sleepq_timeout` with it
"""

from __future__ import annotations

from collections.abc import Callable

from splx.kernel.interface.levels import IPI_BASE, NCPU, NIRQ, NTHREADS
from splx.kernel.interface.lines import Softint
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import Lwp, Sleepq
from splx.kernel.interface.sync import KCondvar
from splx.lang.kernel import THREAD, Array, Struct, array, atomic, context, embedded, i64, inline, slot, u8

# c_flags
CALLOUT_PENDING = 1  # on the list of its CPU
CALLOUT_FIRED = 2  # taken off it because it was due; until it is scheduled or stopped

EWOULDBLOCK = 35


class Callout(Struct):
    """callout(9): a function to be called once, so many ticks from now."""

    # set when declared
    c_func: Callable[[int], None]
    c_arg: i64
    c_mpsafe: u8  # 0: runs with the big lock, and on the first CPU that ticks
    # written under the locks of the CPU before and of the one after; read to know which lock to take
    c_cpu: CalloutCpu = atomic()
    # guarded by the lock of c_cpu
    c_next: Callout
    c_time: i64  # ticks after the one before it on the list
    c_flags: u8


class CalloutCpu(Struct):
    """callout_cpu: the callouts of a CPU."""

    # set when declared
    cc_lock: Mutex
    # guarded by cc_lock
    cc_head: Callout  # those that wait, the first one first
    cc_active: Callout  # the one whose function runs, or is about to
    cc_cancel: Callout  # stopped while its function waited for the big lock
    cc_lwp: Lwp  # the thread that runs it
    cc_sleepq: Sleepq = embedded()  # those that wait until it has run


class CalloutTable(Struct):
    """The CPUs, and what makes them look."""

    cpu: Array[CalloutCpu] = array(NCPU)
    home: Array[CalloutCpu] = array(NCPU)
    softint: Softint


class SleepTimeout(Struct):
    """How a sleep of a thread ends by itself."""

    # set when declared
    st_callout: Callout = embedded()
    st_lwp: Lwp
    # guarded by the lock of the thread while it sleeps
    st_wchan: i64  # what it sleeps on
    st_late: u8  # the time was over first


class TimeoutTable(Struct):
    """By thread: the scenario's, then the kernel's."""

    lwp: Array[SleepTimeout] = array(NTHREADS)


class IntrStorm(Struct):
    """How often a line has interrupted: without a rest (intr_event), or in a second (lwkt_livelock). And the pause that
    it is given then.
    """

    # its thread alone
    ie_count: i64
    ie_pause: SleepTimeout = embedded()


class StormTable(Struct):
    """By irq, of lines with a thread of their own."""

    line: Array[IntrStorm] = array(NIRQ)


callouts = CalloutTable()
timeouts = TimeoutTable()
storms = StormTable()


@inline
def timeout_of(l: Lwp) -> SleepTimeout:
    """That of the running thread. Threads are numbered behind the devices."""
    return timeouts.lwp[l.l_id - IPI_BASE]


# ---- ticks


@slot
def sched_tick() -> None:
    """In `hardclock`: whoever runs has used up a tick more."""


@slot
def callout_hardclock() -> None:
    """In `hardclock`: a tick has passed for the callouts of this CPU."""


@slot
def watchdog_tick() -> None:
    """In `hardclock`, the last: a tick has passed for whoever watches what runs on this CPU."""


@inline
def hardclock() -> None:
    """What a clock's handler does at every tick of its CPU. Level IPL_CLOCK."""
    sched_tick()
    callout_hardclock()
    watchdog_tick()


# ---- callouts


@slot
def callout_schedule(c: Callout, ticks: int) -> None:
    """Have the function of `c` called `ticks` ticks from now, at the next one at the earliest; not when it was before.

    Any context up to IPL_SCHED.
    """


@slot
def callout_stop(c: Callout) -> bool:
    """Have the function not called if it has not begun; whether it was due. It may run still. Up to IPL_SCHED."""


@slot
def callout_halt(c: Callout, m: Mutex) -> bool:
    """As `callout_stop`, and where the function runs, wait until it has returned, `m` released meanwhile if given.

    Not from handlers without a thread. The function itself may call it, and does not wait.
    """


@slot
def callout_softclock(unused: int) -> None:
    """The softint: call what is due on this CPU."""


# ---- sleeps that end by themselves


@slot
@context(THREAD)
def cv_timedwait(cv: KCondvar, m: Mutex, ticks: int) -> int:
    """`cv_wait` for so many ticks; EWOULDBLOCK if nobody has woken it by then, else 0. Threads only."""


@slot
@context(THREAD)
def kpause(ticks: int) -> None:
    """Sleep for so many ticks. Threads only."""


@slot
def timeout_sleep(st: SleepTimeout, ticks: int) -> None:
    """Sleep for so many ticks, by the timeout that is the caller's."""


@slot
def timeout_enter(st: SleepTimeout, q: Sleepq, wchan: int, lock: Mutex, ticks: int) -> None:
    """On `q`, whose lock is held, for so many ticks at the most. The caller lets go of what it has, and then calls
    `timeout_block`.
    """


@slot
def timeout_block(st: SleepTimeout) -> None:
    """Switch until it is woken or late: `st_late` says which. Its callout neither is pending nor runs any more."""


@slot
def sleepq_timeout(where: int) -> None:
    """The callout of the SleepTimeout at address `where`: end the sleep that it was scheduled for."""
