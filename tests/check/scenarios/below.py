"""A lock of IPL_VM that a thread takes. A handler of that level takes it too, or, with TAKES=0, the big lock."""

from splx.scenario import *

TAKES = Param("TAKES", 1)
m = Mutex("m", IPL_NET)
nic = NIC("nic", Poisson(ms(1)), limit=1)


@handler(nic, IPL_NET, mpsafe=TAKES == 1)
def nic_intr() -> None:
    nic.pop()
    if TAKES == 1:
        with m:
            pass


@thread(cpu=0)
def section() -> None:
    with m:
        pass
