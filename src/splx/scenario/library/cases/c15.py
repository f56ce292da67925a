"""C15: a callout that is stopped while it runs.

A handler schedules a callout, `user` stops it and frees what its function uses. If it only stops it (HALTS 0) the
function may have begun on the other CPU. Halted, it has returned; but only if who halts it looks where it runs (mutant
callout-moves: AGAIN 1 schedules it a second time, on a CPU that ticks too), and takes back what it schedules itself
(ITSELF 1, mutant callout-itself).

Source: NetBSD callout_stop(9) and callout_halt(9); FreeBSD callout(9), "Avoiding Race Conditions".
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

HALTS = Param("HALTS", 1)
AGAIN = Param("AGAIN", 0)
ITSELF = Param("ITSELF", 0)
clock = Clock("clock", Poisson(ms(1)), cpu=0, limit=1 + ITSELF)
clock1 = Clock("clock1", Never(), cpu=1)


class Buffer(Struct):
    used: i64 = atomic()
    freed: i64 = atomic()


buffer = Buffer()


@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    clock.ack()
    if buffer.used == 0:
        callout_schedule(timer, 1)
        buffer.used = 1
    hardclock()


def clock1_intr() -> None:
    clock1.ack()
    hardclock()


if AGAIN:
    handler(clock1, IPL_CLOCK, mpsafe=True)(clock1_intr)


def late() -> None:
    assert buffer.freed == 0, "used after it was freed"
    if ITSELF == 1:
        callout_schedule(timer, 1)
    assert buffer.freed == 0, "used after it was freed"


timer = Callout(late, name="timer", mpsafe=True)


@thread(cpu=1)
def user() -> None:
    spin_while(buffer.used == 0)
    if AGAIN == 1:
        callout_schedule(timer, 1)
    if HALTS == 1:
        callout_halt(timer, NULL)
    else:
        callout_stop(timer)
    buffer.freed = 1
