"""A handler that needs the big lock, which a thread of another CPU has for a moment, or has again and again.

KIND: "level" or "edge". BOTH: a thread of the CPU of the line has it for a moment, too.
"""

from splx.scenario import *

KIND = Param("KIND", "level")
AGAIN = Param("AGAIN", 0)
BOTH = Param("BOTH", 0)
nic = NIC("nic", Poisson(ms(1)), limit=1, cpu=0, trigger=LEVEL if KIND == "level" else EDGE)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()
    assert kernel_locked_p(), "without the big lock"


def holder() -> None:
    kernel_lock()
    kernel_unlock()
    while AGAIN != 0:
        kernel_lock()
        kernel_unlock()


thread("holder", cpu=1)(holder)
if BOTH != 0:
    thread("other", cpu=0)(holder)
