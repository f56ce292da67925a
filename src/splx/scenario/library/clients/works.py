"""Workqueues: threads, and a handler of CPU 0, have a function called in a thread, which takes a lock and may sleep.

There are two workqueues. What is asked of the first wants a lock that may be held by a thread that waits for what it
has asked of the second: so nothing of the one may keep back what is of the other. A request that was made is never
lost: it says itself when its function has begun, from when on it can be made again; and with `awaits` a thread waits
for that, without the lock.
"""

from splx.scenario import (
    IPL_NET,
    PRI_KTHREAD,
    Array,
    ClosedLoop,
    Condvar,
    Disk,
    Mutex,
    Param,
    Struct,
    Work,
    Workqueue,
    array,
    atomic,
    choose,
    cv_broadcast,
    cv_wait,
    guarded_by,
    handler,
    i64,
    mutex_enter,
    mutex_exit,
    thread,
    us,
    workqueue_enqueue,
    yield_,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)  # 2 at most
KEPT = Param("kept", 1)  # 0: locks do not last while their owners sleep
MOST = Param("most", 0)  # requests of the first queue under way at once from one CPU; 0 any number
HIGH = Param("high", 0)  # 1: the second is of high priority
AWAITS = Param("awaits", 0)  # 1: a thread may wait for its own request, and does in the end
UNBOUND = Param("unbound", 0)  # 1: workers of the first queue are bound to no CPU; 2: those of the second either
card = Disk("card", ClosedLoop(us(1)))
table = Mutex("table")  # what requests of the first queue want
gate = Mutex("gate")
through = Condvar("through")


class Data(Struct):
    """Who is inside, and what of the second queue is done."""

    owner: i64 = guarded_by("table")
    done: i64 = guarded_by("gate")


class Asked(Struct):
    """By request: whether it was made and has not begun."""

    of: Array[i64] = array(3, atomic())


data = Data()
asked = Asked()
first, second, cards, last = Work(), Work(), Work(), Work()


def job(who: int) -> None:
    """A request of the first queue."""
    asked.of[who] = 0
    mutex_enter(table)
    data.owner = 1 + who
    assert data.owner == 1 + who, "two are inside"
    data.owner = 0
    mutex_exit(table)


def end(unused: int) -> None:
    """The request of the second."""
    mutex_enter(gate)
    data.done = 1
    cv_broadcast(through)
    mutex_exit(gate)


jobs = Workqueue("jobs", job, ipl=IPL_NET, max_active=MOST or None, unbound=UNBOUND > 0)
ends = Workqueue("ends", end, priority=PRI_KTHREAD + HIGH, unbound=UNBOUND > 1)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    """Make its request, unless it waits still."""
    if card.pop() != 0:
        card.submit()
        if asked.of[0] == 0:
            asked.of[0] = 1
            workqueue_enqueue(jobs, cards, 0)


def ask(me: int) -> None:
    """Make a request of the first queue, unless it waits still."""
    if asked.of[me] == 0:
        asked.of[me] = 1
        if me == 1:
            workqueue_enqueue(jobs, first, 1)
        else:
            workqueue_enqueue(jobs, second, 2)


def await_begin(me: int) -> None:
    """Wait until the function of this thread's request has begun."""
    while asked.of[me] != 0:
        yield_()


def wait_for_end() -> None:
    """Make the request of the second, and wait for it."""
    mutex_enter(gate)
    data.done = 0
    workqueue_enqueue(ends, last, 0)
    while data.done == 0:
        cv_wait(through, gate)
    mutex_exit(gate)


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        what = choose(2 + AWAITS)
        if what == 0:
            ask(me)
        elif what == 2:
            await_begin(me)
        elif KEPT == 1:
            mutex_enter(table)
            wait_for_end()
            mutex_exit(table)
        elif me == 1:
            wait_for_end()
    if AWAITS == 1:
        await_begin(me)


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
