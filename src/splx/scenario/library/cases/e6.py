"""E6: what the cure of e5 costs: soft work that is urgent waits for the thread of that which is not.

A thread asks for the poll `rest`, which asks for itself again and again, and so ksoftirqd is woken for it. `job` is
better than that thread and has its CPU; but what the timer asks for, which takes no time, is left to ksoftirqd as well.
The knob is whether it is: linux:ksoftirqd=waits, as in Linux from 2016 to 2023; or linux, as before and since, where
the next interrupt does it on its way out. With ASKS=1 the job waits for the timer, and that is for ever; else it works
for 4 ms, and the rule is the deadlines: the timer's work within 1 ms, and the job within 6. No setting keeps both:
where the timer keeps its deadline `rest` is done beside it, and the job is late. With a thread for each poll
(linux-napi-threaded) both are kept.

Source: Linux 4cd13c21b207, "softirq: Let ksoftirqd do its job", and d15121be7485, which takes it back.
"""

from splx.lang.kernel import spin_while
from splx.scenario import *

ASKS = Param("ASKS", 0)


class Box(Struct):
    expired: i64 = atomic()
    through: i64 = atomic()


box = Box(through=ASKS)
timer = NIC("timer", Periodic(us(200), us(500)), cpu=0, limit=None if ASKS == 1 else 20, deadline=ms(1))


@poll(weight=1)
def rest(budget: int) -> int:
    work(us(50))
    if box.through == 0:
        return budget
    napi_complete(rest)
    return 0


@softint(IPL_SOFTCLOCK, mpsafe=True, finishes=timer)
def expire() -> None:
    box.expired = 1


@handler(timer, IPL_CLOCK, mpsafe=True, defer=True)
def timer_intr() -> None:
    timer.pop()
    softint_schedule(expire)


def job() -> None:
    napi_schedule(rest)
    if ASKS == 1:
        spin_while(box.expired == 0)
    else:
        work(ms(4))
    box.through = 1


if ASKS == 1:
    thread(priority=PRI_USER_RT, cpu=0)(job)
else:
    periodic(ms(50), priority=PRI_USER_RT, cpu=0, deadline=ms(6))(job)
