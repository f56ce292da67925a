"""Preemption: a handler on CPU 0 wakes a real-time thread there; what runs there may forbid it, or be in user mode.

The common thread of CPU 0 uses a word of its CPU while preemption is disabled, and so does the better one. A thread on
CPU 1 wakes the better one, too.

The way to user mode makes good whatever request was lost before. So with `waits=1` the common thread goes on only when
the better one has done what there was for it: in user mode, and wherever the kernel says that it can be preempted. With
`big=1` it has had the big lock before, which refuses a preemption as well, instead of disabling that.
"""

from splx.kernel.interface.axes import kpreempt_disabled
from splx.kernel.interface.levels import KPREEMPT_PRI
from splx.lang.kernel import spin_while
from splx.scenario import (
    IPL_CLOCK,
    PRI_USER,
    PRI_USER_RT,
    Condvar,
    Mutex,
    OneShot,
    Param,
    PerCpu,
    Struct,
    atomic,
    choose,
    cv_signal,
    cv_wait,
    guarded_by,
    handler,
    i64,
    kernel_lock,
    kernel_unlock,
    kpreempt_disable,
    kpreempt_enable,
    mutex_enter,
    mutex_exit,
    optional,
    splraise,
    splx,
    thread,
    us,
    user_enter,
    user_leave,
)
from splx.scenario.meeting import meet

optional(kernel_lock, splraise)
OPERATIONS = Param("operations", 0)  # by the common thread; 0 any number
ROUNDS = Param("rounds", 1)  # of the better thread, which the clock wakes once at least
OTHERS = Param("others", 1)  # wakeups from CPU 1
WAITS = Param("waits", 0)  # 1: who can be preempted waits for the better thread; the level may be raised meanwhile
RAISED = Param("raised", 0)  # 1: common uses its word at a raised level, too, with preemption enabled meanwhile
CPUS = Param("cpus", 2)  # 1: with nobody on another CPU
BIG = Param("big", 0)  # 1: common has the big lock instead of disabling preemption
clock = OneShot("clock")
lock = Mutex("lock", IPL_CLOCK)
due = Condvar("due")


class Data(Struct):
    """Whether there is something for the better thread, and how often it did it."""

    work: i64 = guarded_by("lock")
    done: i64 = guarded_by("lock")


class Own(PerCpu):
    """A word of each CPU: which thread is using it."""

    user: i64 = atomic()


class Owed(Struct):
    """Whether the better thread has to run: `work`, for whoever has no lock."""

    now: i64 = atomic()


data = Data()
owed = Owed()
own = Own()


def wake() -> None:
    """Have the better thread do something."""
    mutex_enter(lock)
    data.work = 1
    if WAITS == 1 and data.done < ROUNDS:
        owed.now = 1
    cv_signal(due)
    mutex_exit(lock)


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    """Wake, and come again."""
    clock.ack()
    clock.arm(us(1))
    wake()


@thread("better", priority=PRI_USER_RT, cpu=0)
def better() -> None:
    """Sleep until there is something, and look at the word of this CPU."""
    left = ROUNDS
    while left > 0:
        left -= 1
        mutex_enter(lock)
        while data.work == 0:
            cv_wait(due, lock)
        data.work = 0
        if WAITS == 1:
            data.done += 1
            owed.now = 0
        mutex_exit(lock)
        assert own.user == 0, "preempted where preemption is disabled"


def at_level() -> None:
    """Use the word of this CPU at a level that keeps the better thread out, where there are levels."""
    kpreempt_disable()
    s = splraise(IPL_CLOCK)
    levels = splraise(IPL_CLOCK) == IPL_CLOCK
    if levels:
        own.user = 1
    kpreempt_enable()
    if levels:
        own.user = 0
    splx(s)


@thread("common", priority=PRI_USER, cpu=0)
def common() -> None:
    """Choose, for ever: what is not to be preempted, or user mode."""
    meet(CPUS)
    clock.arm(us(1))
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        what = choose(2 + RAISED)
        if what == 2:
            at_level()
        elif what == 0:
            if BIG == 0:
                kpreempt_disable()
                own.user = 1
                own.user = 0
            else:
                kernel_lock()
            if BIG == 1:
                kernel_unlock()
            elif WAITS == 1 and choose(2) == 1:
                s = splraise(IPL_CLOCK)
                kpreempt_enable()
                splx(s)
            else:
                kpreempt_enable()
            if WAITS == 1 and not kpreempt_disabled() and PRI_USER_RT >= KPREEMPT_PRI:
                spin_while(owed.now != 0)
        else:
            user_enter()
            if WAITS == 1:
                spin_while(owed.now != 0)
            user_leave()


def other() -> None:
    """Wake from another CPU."""
    meet(2)
    left = OTHERS
    while left > 0:
        left -= 1
        wake()


if CPUS > 1:
    thread("other", priority=PRI_USER, cpu=1)(other)
