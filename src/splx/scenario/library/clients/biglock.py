"""The big lock: a thread on each CPU takes it, once or twice, and so does the handler of a card on CPU 0."""

from splx.scenario import (
    IPL_NET,
    ClosedLoop,
    Disk,
    Param,
    Struct,
    choose,
    cpu_number,
    handler,
    i64,
    kernel_lock,
    kernel_unlock,
    thread,
    us,
)
from splx.scenario.meeting import meet

OPERATIONS = Param("operations", 0)  # by each thread; 0 any number
CPUS = Param("cpus", 2)
THREADS = Param("threads", 2)
card = Disk("card", ClosedLoop(us(1)))


class Data(Struct):
    """Who is inside: a CPU, whose interrupts may come on top of its thread."""

    owner: i64


data = Data()


@handler(card, IPL_NET)
def card_intr() -> None:
    """With the big lock, as any handler that does not say that it does without."""
    if card.pop() != 0:
        card.submit()
        before = data.owner
        here = cpu_number() + 1
        if before != 0:
            assert before == here, "two are inside"
        data.owner = here
        data.owner = before


def inside(me: int) -> None:
    """Be the only one."""
    data.owner = me
    assert data.owner == me, "two are inside"
    data.owner = 0


def user(me: int) -> None:
    """Choose, for ever."""
    if me <= CPUS:
        meet(min(THREADS, CPUS))
    if me == 1:
        card.submit()
    left = OPERATIONS
    while OPERATIONS == 0 or left > 0:
        left -= int(OPERATIONS > 0)
        kernel_lock()
        if choose(2) == 1:
            kernel_lock()
            inside(me)
            kernel_unlock()
        kernel_unlock()


for n in range(THREADS):
    thread(f"user{n}", cpu=n % CPUS, arg=n + 1)(user)
