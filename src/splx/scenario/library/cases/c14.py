"""C14: a raised level as a lock. It keeps out this CPU's interrupts, and no other CPU.

Both threads add one to a word. The knob: LOCKED=0 does it at splhigh, LOCKED=1 under a lock of that level.

Source: pull request 335 of a course's teaching kernel (COL331): interrupts off around a queue of all CPUs.
"""

from splx.machine.intrinsics import fetch_add
from splx.scenario import *

LOCKED = Param("LOCKED", 1)


class Box(Struct):
    n: i64 = atomic()
    ended: i64 = atomic()


box = Box()
lock = Mutex("lock", IPL_HIGH)


@thread("one", cpu=0)
@thread("two", cpu=1)
def user(me: int) -> None:
    if LOCKED == 0:
        s = splhigh()
        box.n += 1
        splx(s)
    else:
        with lock:
            box.n += 1
    if fetch_add(box.ended, 1) == 1:
        assert box.n == 2, "an update is lost"
