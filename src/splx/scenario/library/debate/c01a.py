"""A driver's lock, the big lock, and an interrupt whose handler needs the big lock.

CPU 0 holds `lock` when the serial line interrupts it. CPU 1 has the big lock, and wants `lock`.

Parameters: level, at which `lock` is held; at NONE it is a lock of threads; both, 0 if the code under the big lock does
without `lock`; where, who passes on what has come: the handler, or a soft interrupt; at, the level of the handler.
"""

from splx.scenario import *

LEVELS = {"NONE": IPL_NONE, "NET": IPL_NET, "TTY": IPL_TTY, "VM": IPL_VM}
AT = {"TTY": IPL_TTY, "SERIAL": IPL_SERIAL}
LATER = ("handler", "softint").index(Param("where", "handler"))
BOTH = Param("both", 1)

lock = Mutex("lock", LEVELS[Param("level", "NET")])
line = NIC("com0", Poisson(ms(1)), cpu=0, limit=1)


@softint(IPL_SOFTNET)
def com_soft() -> None:
    """Pass on what has come: under the big lock."""


@handler(line, AT[Param("at", "TTY")], mpsafe=LATER == 1)
def com_intr() -> None:
    """Take what has come, and pass it on, or leave that."""
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
    kernel_unlock()
