"""A driver's lock, held for a part of the time, and a serial line that may have to wait for it.

Nobody takes the driver's lock under the big one, so that no kernel stops: what differs is what a cure costs.

Parameters: hold, how long the lock is kept each time, on average; level, at which.
"""

from splx.scenario import *

LEVELS = {"NET": IPL_NET, "VM": IPL_VM}
HOLD = Param("hold", us(5))

lock = Mutex("lock", LEVELS[Param("level", "NET")])
line = NIC("com0", Periodic(us(100), jitter=us(80)), cpu=0)
HELD = Exponential(HOLD)
BETWEEN = Exponential(3 * HOLD)
OLD_CODE = Exponential(us(2))
ELSE = Constant(us(50))


@handler(line, IPL_TTY)
def com_intr() -> None:
    """Take what has come, under the big lock."""
    while line.pop() != 0:
        pass


@thread("driver", cpu=0)
def driver() -> None:
    """A section under the lock, and something else, for ever."""
    while True:
        with lock:
            work(HELD)
        work(BETWEEN)


@thread("old_code", cpu=1)
def old_code() -> None:
    """A short section under the big lock, and much else, for ever."""
    while True:
        kernel_lock()
        work(OLD_CODE)
        kernel_unlock()
        user_work(ELSE)
