"""A driver's lock, the big lock, and an interrupt whose handler needs the big lock.

CPU 0 holds `lock` when the serial line interrupts it. CPU 1 has the big lock, and wants `lock`.

Parameters: level, at which `lock` is held; at NONE it is a lock of threads; both, 0 if the code under the big lock does
without `lock`; where, who passes on what has come: the handler, or a soft interrupt; at, the level of the handler;
safe, 1 if the handler does without the big lock, and has a lock of its level for what it shares with the code of old.
"""

from splx.scenario import *

LEVELS = {"NONE": IPL_NONE, "NET": IPL_NET, "TTY": IPL_TTY, "VM": IPL_VM}
AT = {"TTY": IPL_TTY, "SERIAL": IPL_SERIAL}
LINE_LEVEL = AT[Param("at", "TTY")]
LATER = ("handler", "softint").index(Param("where", "handler"))
BOTH = Param("both", 1)
SAFE = Param("safe", 0)

lock = Mutex("lock", LEVELS[Param("level", "NET")])
own = Mutex("own", LINE_LEVEL)
line = NIC("com0", Poisson(ms(1)), cpu=0, limit=1)


@softint(IPL_SOFTNET)
def com_soft() -> None:
    """Pass on what has come: under the big lock."""


@handler(line, LINE_LEVEL, mpsafe=LATER == 1 or SAFE == 1)
def com_intr() -> None:
    """Take what has come, and pass it on, or leave that."""
    if SAFE == 1:
        with own:
            line.pop()
    else:
        line.pop()
    if LATER == 1:
        softint_schedule(com_soft)


@thread("driver", cpu=0)
def driver() -> None:
    """A section under the lock."""
    with lock:
        pass


@thread("old_code", cpu=1)
def old_code() -> None:
    """Code of old, under the big lock, which needs the driver's lock too."""
    kernel_lock()
    if BOTH == 1:
        with lock:
            pass
    if SAFE == 1:
        with own:
            pass
    kernel_unlock()
