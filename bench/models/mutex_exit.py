"""A release of an adaptive mutex that is a load and a store: what must be there for no wakeup to be lost.

The owner of the lock looks whether somebody waits, and if not stores 0. It may be preempted at any step by another
thread of its CPU; whoever interrupts it between the look and the store sends it back to the look (`RESTART`). A waiter
on another CPU that finds an owner which does not run sets the bit, makes that visible (`WAITER_FENCE`), looks again
whether the owner runs, does not let later loads overtake that one (`LOAD_FENCE`), and looks at the owner and the bit
once more (`RECHECK`). A thread that comes back to its CPU makes visible that it runs before anything else
(`RESUME_FENCE`).

After illumos, uts/common/os/mutex.c, where the lock has one word for owner and bit: here they are two, so that the bit
can be set by a store.
"""

from __future__ import annotations

from splx.check.bare import Source, Start, bare
from splx.lang.kernel import Const, Struct, atomic, atomic_step, entry, i64, inline, noinline, spin_while
from splx.machine.intrinsics import (
    below,
    cas,
    detach,
    dev_write,
    fence,
    frame_pc,
    halt,
    intr_enable,
    leave,
    pic_eoi,
    set_frame_pc,
    switch_exit,
    switch_to,
)
from splx.scenario.system import System

RESTART = Const("RESTART")
WAITER_FENCE = Const("WAITER_FENCE")
LOAD_FENCE = Const("LOAD_FENCE")
RECHECK = Const("RECHECK")
RESUME_FENCE = Const("RESUME_FENCE")
GUARDS = ("RESTART", "WAITER_FENCE", "LOAD_FENCE", "RECHECK", "RESUME_FENCE")
LOOK = Const("LOOK")  # where the look is, and the store
STORE = Const("STORE")

ROUNDS = 2
OWNER, OTHER, WAITER = 1, 2, 3  # in `running` and `owner`
OWNER_CONTEXT, OTHER_CONTEXT = 0, 1
ACK = 4  # register of a device


class Lock(Struct):
    """Who has it, 0 nobody; and whether somebody sleeps for it."""

    owner: i64 = atomic()
    waiters: i64 = atomic()


class Chain(Struct):
    """The lock of the sleep queue, and the queue."""

    word: i64 = atomic()
    asleep: i64 = atomic()


class Cpu(Struct):
    """Who runs on CPU 0."""

    running: i64 = atomic(OWNER)


class Inside(Struct):
    """How many are in the critical section."""

    count: i64 = atomic()


lock = Lock()
chain = Chain()
cpu0 = Cpu()
inside = Inside()


@inline
def chain_enter() -> None:
    """Take the lock of the queue."""
    while not cas(chain.word, 0, 1):
        spin_while(chain.word != 0)


def section() -> None:
    """Nobody else is there."""
    inside.count += 1
    assert inside.count == 1, "two in the critical section"
    inside.count -= 1


@noinline
def mutex_exit() -> None:
    """The look, the store; or the slow way out."""
    if lock.waiters == 0:
        lock.owner = 0
        return
    chain_enter()
    lock.waiters = 0
    lock.owner = 0
    chain.asleep = 0
    chain.word = 0


@entry
def owner(unused: int) -> None:
    """In and out."""
    intr_enable()
    rounds = ROUNDS
    while rounds > 0:
        while not cas(lock.owner, 0, OWNER):
            spin_while(lock.owner != 0)
        section()
        mutex_exit()
        rounds -= 1
    while True:
        halt()


@entry
def other(unused: int) -> None:
    """Runs for a while in the place of the owner, again and again."""
    while True:
        cpu0.running = OTHER
        fence()
        cpu0.running = OWNER
        if RESUME_FENCE != 0:
            fence()
        switch_to(OWNER_CONTEXT)


@entry
@atomic_step
def vector(irq: int) -> None:
    """An interrupt of CPU 0: the other thread is better than the owner."""
    pic_eoi(irq)
    dev_write(irq, ACK, 0)
    if below() == OWNER_CONTEXT:
        if RESTART != 0:
            at = frame_pc(OWNER_CONTEXT)
            if at > LOOK and at <= STORE:
                set_frame_pc(OWNER_CONTEXT, LOOK)
        detach()
        intr_enable()
        switch_exit(OTHER_CONTEXT)
    leave()


@entry
def waiter(unused: int) -> None:
    """In, perhaps asleep, and out."""
    while not cas(lock.owner, 0, WAITER):
        if cpu0.running == OWNER:
            spin_while(lock.owner == OWNER and cpu0.running == OWNER)
        elif lock.owner == OWNER:
            block()
    section()
    lock.owner = 0
    while True:
        halt()


@inline
def block() -> None:
    """Sleep, unless one of the looks says that it is not safe to."""
    chain_enter()
    lock.waiters = 1
    if WAITER_FENCE != 0:
        fence()
    safe = cpu0.running != OWNER
    if LOAD_FENCE != 0:
        fence()
    if RECHECK != 0:
        safe = safe and lock.owner == OWNER and lock.waiters != 0
    if safe:
        chain.asleep = 1
    chain.word = 0
    spin_while(chain.asleep != 0)


def mutex_exit_model(*without: str) -> System:
    """The system, all its guards there but those of `without`."""
    guards = {each: int(each not in without) for each in GUARDS}
    look, store = _places(_linked({**guards, "LOOK": 0, "STORE": 0}))
    made = _linked({**guards, "LOOK": look, "STORE": store})
    assert _places(made) == (look, store)
    return made


def _linked(consts: dict[str, int]) -> System:
    starts = [Start(owner, cpu=0), Start(other), Start(waiter, cpu=1)]
    return bare("mutex_exit", starts, sources=[Source("better", 0, 1)], vector=vector, consts=consts)


def _places(system: System) -> tuple[int, int]:
    """Where `mutex_exit` looks, and where it stores."""
    (where,) = [each for each in system.image.functions if each.name == "mutex_exit"]
    ops = {pc: system.image.insns[pc].op for pc in range(where.start, where.end)}
    look = next(pc for pc, op in ops.items() if op == "LD")
    return look, next(pc for pc, op in ops.items() if op == "ST" and pc > look)
