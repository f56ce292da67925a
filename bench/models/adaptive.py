"""M3: an adaptive mutex with an owner word, a waiters bit and a sleep queue; three threads, two rounds each.

Variants: 0 the fast way out tests the bit and then stores; 1 it is one compare-and-swap (right); 2 who goes to sleep
is entered in the queue only after its lock has been dropped.
"""

from __future__ import annotations

from splx.check.bare import Start, bare
from splx.lang.kernel import Array, Const, Struct, array, atomic_step, entry, i64, spin_while
from splx.machine.intrinsics import choose, halt
from splx.scenario.system import System

VARIANT = Const("VARIANT")
THREADS = 3
ROUNDS = 2


class Mutex(Struct):
    """`owner` is 0 or 1 + thread."""

    owner: i64
    waiters: i64


class Queue(Struct):
    """The sleep queue and its lock."""

    lock: i64
    asleep: Array[i64] = array(THREADS)


class Inside(Struct):
    """How many are in the critical section."""

    count: i64
    ended: i64


mutex = Mutex()
queue = Queue()
inside = Inside()


@atomic_step
def try_enter(me: int) -> bool:
    """Take it if it is free."""
    free = mutex.owner == 0 and mutex.waiters == 0
    if free:
        mutex.owner = me + 1
    return free


@atomic_step
def owner_runs() -> bool:
    """Either: spin again, or go to sleep."""
    return choose(2) != 0


@atomic_step
def lock_queue() -> None:
    """The interlock."""
    spin_while(queue.lock != 0)
    queue.lock = 1


@atomic_step
def unlock_queue() -> None:
    """The interlock."""
    queue.lock = 0


@atomic_step
def still_owned() -> bool:
    """Set the waiters bit if somebody has it."""
    owned = mutex.owner != 0
    if owned:
        mutex.waiters = 1
    return owned


@atomic_step
def fall_asleep(me: int) -> None:
    """Enter the queue."""
    queue.asleep[me] = 1


@atomic_step
def sleep(me: int) -> None:
    """Until woken."""
    spin_while(queue.asleep[me] != 0)


@atomic_step
def has_waiters() -> bool:
    """The first half of a way out that is not atomic."""
    return mutex.waiters != 0


@atomic_step
def clear() -> None:
    """The other half; and the store of the slow way out."""
    mutex.owner = 0
    mutex.waiters = 0


@atomic_step
def try_exit() -> bool:
    """Let go if nobody waits."""
    free = mutex.waiters == 0
    if free:
        mutex.owner = 0
    return free


@atomic_step
def wake_all() -> None:
    """Everybody in the queue."""
    for k in range(THREADS):
        queue.asleep[k] = 0


@atomic_step
def come_in() -> None:
    """One more."""
    inside.count += 1


@atomic_step
def look() -> None:
    """Nobody else is there."""
    assert inside.count == 1, "two in the critical section"


@atomic_step
def go_out() -> None:
    """One less."""
    inside.count -= 1


@atomic_step
def more(rounds: int) -> bool:
    """Whether to go on."""
    return rounds > 0


@atomic_step
def less(rounds: int) -> int:
    """One round is over."""
    return rounds - 1


@atomic_step
def end(me: int) -> None:
    """Threads end in the order opposite to that in which they were made, as SPIN's processes do."""
    spin_while(inside.ended + me != THREADS - 1)
    inside.ended += 1
    halt()


def enter(me: int) -> None:
    """mutex_enter."""
    while True:  # no condition: its first test would be another step than the later ones
        if try_enter(me):
            return
        if owner_runs():
            continue
        lock_queue()
        if not still_owned():
            unlock_queue()
            continue
        if VARIANT == 2:
            unlock_queue()
            fall_asleep(me)
        else:
            fall_asleep(me)
            unlock_queue()
        sleep(me)


def leave() -> None:
    """mutex_exit."""
    if VARIANT == 0:
        if not has_waiters():
            clear()
            return
    elif try_exit():
        return
    lock_queue()
    clear()
    wake_all()
    unlock_queue()


@entry
def thread(me: int) -> None:
    """In and out."""
    rounds = ROUNDS
    while True:
        if not more(rounds):
            break
        enter(me)
        come_in()
        look()
        go_out()
        leave()
        rounds = less(rounds)
    end(me)


def m3(variant: int) -> System:
    """The system: each thread has a CPU."""
    starts = [Start(thread, cpu, cpu, f"thread {cpu}") for cpu in range(THREADS)]
    return bare(f"M3 variant {variant}", starts, consts={"VARIANT": variant})
