"""C11: a bell is put back after the work was taken, and a ring in between is not heard.

`sender` leaves work and rings; who rings a bell that rings already adds nothing. `receiver` takes all work and puts
the bell back. The knob is the order of the two: ACK_FIRST=0 takes the work first.

Source: XNU osfmk/arm64/sleh.c, the comment in sleh_fiq about acknowledging before the signals are read.
"""

from splx.lang.kernel import spin_while
from splx.machine.intrinsics import fetch_add, swap
from splx.scenario import *

ACK_FIRST = Param("ACK_FIRST", 1)


class Bell(Struct):
    work: i64 = atomic()
    rings: i64 = atomic()


bell = Bell()


@thread(cpu=0)
def receiver() -> None:
    done = 0
    while done < 2:
        spin_while(bell.rings == 0)
        if ACK_FIRST == 1:
            bell.rings = 0
            done += swap(bell.work, 0)
        else:
            done += swap(bell.work, 0)
            bell.rings = 0


@thread(cpu=1)
def sender() -> None:
    fetch_add(bell.work, 1)
    swap(bell.rings, 1)
    fetch_add(bell.work, 1)
    swap(bell.rings, 1)
