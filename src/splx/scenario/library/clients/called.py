"""Two callouts of one thread: scheduled, stopped, halted and waited for, with as many ticks as they have to wait.

Each function is called in time and not before. What is told of one that was stopped is held against what becomes of
it: one that was not called yet never is, one that was has been, or will be. With `mpsafe=0` the functions have the big
lock, and who has it when it stops one sees none of it afterwards.
"""

from splx.lang.kernel import NULL, inline, spin_while
from splx.scenario import (
    IPL_CLOCK,
    Array,
    Callout,
    Mutex,
    OneShot,
    Param,
    Struct,
    array,
    atomic,
    callout_halt,
    callout_schedule,
    callout_stop,
    choose,
    handler,
    hardclock,
    i64,
    kernel_lock,
    kernel_unlock,
    mutex_enter,
    mutex_exit,
    thread,
    us,
    user_enter,
    user_leave,
)

OPERATIONS = Param("operations", 0)  # 0 any number
WHERE = Param("where", 1)  # the CPU of the thread
MPSAFE = Param("mpsafe", 1)  # 0: the functions are called with the big lock
MOST = Param("most", 2)  # ticks until the first is called
TWO = Param("two", 1)  # 0: there is only the first
clock = OneShot("clock", cpu=0)
lock = Mutex("lock")


class Tick(Struct):
    """How many there were, and are left."""

    were: i64 = atomic()
    left: i64 = atomic()


class Asked(Struct):
    """Of each function: whether it has to be called, after how many ticks, and whether it runs."""

    due: Array[i64] = array(2, atomic())
    after: Array[i64] = array(2, atomic())
    runs: Array[i64] = array(2, atomic())


tick = Tick()
asked = Asked()


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    """A tick."""
    clock.ack()
    tick.were += 1
    hardclock()
    tick.left -= 1
    if tick.left > 0:
        clock.arm(us(1))


def late(n: int) -> None:
    """A function."""
    asked.runs[n] = 1
    assert asked.due[n] == 1, "a callout is called that was stopped, or twice"
    assert tick.were >= asked.after[n], "a callout is called before its time"
    asked.due[n] = 0
    asked.runs[n] = 0


first = Callout(late, arg=0, name="first", mpsafe=MPSAFE > 0)
second = Callout(late, arg=1, name="second", mpsafe=MPSAFE > 0)


@inline
def schedule(c: Callout, n: int, ticks: int) -> None:
    """Have it called."""
    asked.after[n] = ticks
    asked.due[n] = 1
    callout_schedule(c, ticks)


if MPSAFE:

    def stop() -> None:
        """Keep the first from being called."""
        if not callout_stop(first):
            assert asked.due[0] == 1, "a callout was called, and who stops it is told that it was not"
            asked.due[0] = 0

else:

    def stop() -> None:
        """Keep it from being called, for as long as this thread has the big lock and then."""
        kernel_lock()
        callout_stop(first)
        asked.due[0] = 0
        kernel_unlock()


def halt(how: int) -> None:
    """Keep it from being called, and wait for it, with a lock or without."""
    fired = False
    if how == 3:
        mutex_enter(lock)
        fired = callout_halt(first, lock)
        mutex_exit(lock)
    else:
        fired = callout_halt(first, NULL)
    if fired:
        assert MPSAFE == 0 or asked.due[0] == 0, "who halts a callout is told that it was called, and it was not"
    else:
        assert asked.due[0] == 1, "a callout was called, and who halts it is told that it was not"
    assert asked.runs[0] == 0, "a callout runs that was halted"
    asked.due[0] = 0


def user() -> None:
    """Choose, for ever."""
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        tick.were = 0
        tick.left = max(MOST, 2 * TWO)
        schedule(first, 0, 1 + choose(MOST))
        behind = choose(1 + 2 * TWO)
        if behind > 0:
            schedule(second, 1, behind)
        clock.arm(us(1))
        what = choose(4)
        if what == 1:
            stop()
        elif what > 1:
            halt(what)
        user_enter()
        spin_while(asked.due[0] != 0 or asked.due[1] != 0 or tick.left != 0)
        user_leave()


thread("user", cpu=WHERE)(user)
