"""A driver's lock, held for a part of the time, and a serial line that may have to wait for it.

Nobody takes the driver's lock under the big one, so that no kernel stops: what differs is what a cure costs.

Parameters: hold, how long the lock is kept each time, on average; level, at which; back, 1 if the code under the big
lock gives it back, and takes it again, where it would want the driver's; where, who takes what has come: the `handler`,
or a `softint`; at, the level of the handler; safe, 1 if the handler does without the big lock, and what it shares with
the code of old is under a lock of its level.
"""

from splx.scenario import *

LEVELS = {"NET": IPL_NET, "VM": IPL_VM}
AT = {"TTY": IPL_TTY, "SERIAL": IPL_SERIAL}
LATER = ("handler", "softint").index(Param("where", "handler"))
LINE_LEVEL = AT[Param("at", "TTY")]
BACK = Param("back", 0)
SAFE = Param("safe", 0)
HOLD = Param("hold", us(5))

lock = Mutex("lock", LEVELS[Param("level", "NET")])
own = Mutex("own", LINE_LEVEL)
line = NIC("com0", Periodic(us(100), jitter=us(80)), cpu=0)
HELD = Exponential(HOLD)
BETWEEN = Exponential(3 * HOLD)
OLD_CODE = Exponential(us(1))
ELSE = Constant(us(50))


def take() -> None:
    """Take what has come."""
    item = line.pop()
    while item != 0:
        line.done(item)
        item = line.pop()


@softint(IPL_SOFTNET)
def com_soft() -> None:
    """Do it, under the big lock, and let the line interrupt again."""
    take()
    line.enable()


@handler(line, LINE_LEVEL, defer=True, mpsafe=SAFE == 1)
def com_intr() -> None:
    """Do it, under the big lock, or quiet the line and leave it."""
    if LATER == 1:
        line.disable()
        softint_schedule(com_soft)
    elif SAFE == 1:
        with own:
            take()
    else:
        take()


@thread("driver", cpu=0)
def driver() -> None:
    """A section under the lock, and something else, for ever."""
    while True:
        with lock:
            work(HELD)
        work(BETWEEN)


@thread("old_code", cpu=1)
def old_code() -> None:
    """A section under the big lock, and much else, for ever."""
    while True:
        kernel_lock()
        work(OLD_CODE)
        if BACK == 1:
            kernel_unlock()
            kernel_lock()
        if SAFE == 1:
            with own:
                work(OLD_CODE)
        else:
            work(OLD_CODE)
        kernel_unlock()
        user_work(ELSE)
