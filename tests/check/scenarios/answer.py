"""Under the big lock a thread asks something of the other CPU, which answers in an interrupt; a card there wants the
big lock. With ANSWERS=0 the interrupt that answers wants it, too."""

from splx.lang.kernel import spin_while
from splx.scenario import *


class Box(Struct):
    answered: i64 = atomic()


ANSWERS = Param("ANSWERS", 1)
box = Box()
nic = NIC("nic", Poisson(ms(1)), cpu=1, limit=1)
call = Disk("call", ClosedLoop(Constant(us(1))), cpu=1)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()


@handler(call, IPL_AUDIO if ANSWERS == 1 else IPL_NET, mpsafe=ANSWERS == 1)
def call_intr() -> None:
    call.pop()
    box.answered = 1


@thread(cpu=0)
def asks() -> None:
    kernel_lock()
    call.submit()
    spin_while(box.answered == 0)
    kernel_unlock()
