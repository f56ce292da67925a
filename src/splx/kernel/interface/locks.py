"""Locks: their words, their kinds, and the slots that take and release them.

A driver declares a lock with the level of its highest user; the design picks the mechanism, which the builder notes in
`kind`. `mutex_enter` on a lock known when the system is linked goes straight to the body of its kind (VARIANTS);
otherwise the body of `mutex_enter` looks at `kind`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from splx.lang.kernel import Struct, atomic, i64, slot, u8
from splx.lang.marks import mark

# Mutex.kind
MUTEX_SPIN = 1  # raises the level, then spins
MUTEX_ADAPTIVE = 2  # spins while the owner runs, else sleeps on a turnstile
MUTEX_SLEEP = 3  # 2006: a sleeping lock for threads alone (lockmgr, or splx-and-tsleep)
MUTEX_SIMPLE = 4  # 2006: splraise and a simple_lock, the level saved in the lock
MUTEX_FIFO = 5  # textbook: sleeps, no inheritance
MUTEX_INHERIT = 6  # textbook: sleeps, the owner inherits
MUTEX_CEILING = 7  # textbook: the owner runs at the ceiling
MUTEX_TOKEN = 8  # owned only while the thread runs
MUTEX_RT = 9  # PREEMPT_RT: sleeps, the owner inherits; that of a level above IPL_NONE is a spinlock_t, others a mutex


class Mutex(Struct):
    """mutex(9). One line of its own."""

    # what `with` calls
    enter_with: ClassVar[Callable[[Mutex], None]]
    exit_with: ClassVar[Callable[[Mutex], None]]
    holders: ClassVar[Mapping[str, str]] = {"word": "word"}
    # what `guarded_by` asks
    owned_with: ClassVar[Callable[[Mutex], bool]]

    # atomic: any CPU
    word: i64 = atomic()  # spin, simple: CPU + 1 while held. adaptive: owner | flags. others: owner
    # set when declared
    ipl: u8
    kind: u8
    ceiling: i64  # MUTEX_CEILING: priority of its highest user
    # the holder alone
    saved: i64  # MUTEX_SIMPLE: level to go back to. Textbook kinds: the lock its owner took before it


@slot
def mutex_enter(m: Mutex) -> None:
    """Take `m`. Threads; softints and interrupt threads; hard handlers if it spins at their level or above."""


@slot
def mutex_exit(m: Mutex) -> None:
    """Release `m`, which the caller holds. May lower the level, replay interrupts and give way to a better thread."""


Mutex.enter_with = mutex_enter
Mutex.exit_with = mutex_exit


@slot
def interlock_exit(m: Mutex) -> None:
    """Release `m` while the lock of a sleep queue is held, which keeps the level up until it goes itself."""


@slot
def mutex_tryenter(m: Mutex) -> bool:
    """Take `m` if it is free. False, with nothing changed, if it is not."""


@slot
def mutex_owned(m: Mutex) -> bool:
    """Whether the caller holds `m`. For assertions only."""


Mutex.owned_with = mutex_owned


@slot
def mutex_spin_enter(m: Mutex) -> None:
    """`mutex_enter` of a spin mutex: level raised to its ipl and kept there until the CPU's last spin mutex goes."""


@slot
def mutex_spin_exit(m: Mutex) -> None:
    """`mutex_exit` of a spin mutex."""


@slot
def mutex_spin_let_go(m: Mutex) -> None:
    """Free the spin mutex `m`, which this CPU has, and leave its count and its level as they are."""


@slot
def mutex_sleep_enter(m: Mutex) -> None:
    """`mutex_enter` of the design's lock for threads: adaptive, sleeping, inheriting, ..."""


@slot
def mutex_sleep_exit(m: Mutex) -> None:
    """`mutex_exit` of the design's lock for threads."""


@slot
def mutex_simple_enter(m: Mutex) -> None:
    """`mutex_enter` of a simple lock of 2006: level raised, then a spin lock; the level before is kept in the lock."""


@slot
def mutex_simple_exit(m: Mutex) -> None:
    """`mutex_exit` of a simple lock of 2006: released, and back to the level that this lock saved."""


@slot
def mutex_spin_tryenter(m: Mutex) -> bool:
    """`mutex_tryenter` of a spin mutex."""


@slot
def mutex_sleep_tryenter(m: Mutex) -> bool:
    """`mutex_tryenter` of the design's lock for threads."""


#: For a lock known when the system is linked: slot name -> kind -> slot that is called in its place.
VARIANTS = {
    "mutex_enter": {
        MUTEX_SPIN: mutex_spin_enter,
        MUTEX_SIMPLE: mutex_simple_enter,
        MUTEX_ADAPTIVE: mutex_sleep_enter,
        MUTEX_SLEEP: mutex_sleep_enter,
        MUTEX_FIFO: mutex_sleep_enter,
        MUTEX_INHERIT: mutex_sleep_enter,
        MUTEX_CEILING: mutex_sleep_enter,
        MUTEX_TOKEN: mutex_sleep_enter,
        MUTEX_RT: mutex_sleep_enter,
    },
    "mutex_exit": {
        MUTEX_SPIN: mutex_spin_exit,
        MUTEX_SIMPLE: mutex_simple_exit,
        MUTEX_ADAPTIVE: mutex_sleep_exit,
        MUTEX_SLEEP: mutex_sleep_exit,
        MUTEX_FIFO: mutex_sleep_exit,
        MUTEX_INHERIT: mutex_sleep_exit,
        MUTEX_CEILING: mutex_sleep_exit,
        MUTEX_TOKEN: mutex_sleep_exit,
        MUTEX_RT: mutex_sleep_exit,
    },
}


@slot
def kernel_lock() -> None:
    """Take the big lock once more. Recursive per CPU; spins at the caller's level, interrupts on."""


@slot
def kernel_unlock() -> None:
    """Give up one hold of the big lock. The last one takes an owed preemption."""


@slot
def kernel_unlock_all() -> int:
    """Give up all holds of the running thread before it sleeps; returns how many, for `kernel_relock`."""


@slot
def kernel_unlock_block() -> int:
    """Give up all holds of the running thread before it sleeps for a lock, where the design does that; how many."""


@slot
def kernel_relock(holds: int) -> None:
    """Take the big lock back `holds` times after sleeping. Nothing if 0."""


@slot
def kernel_relock_block(holds: int) -> None:
    """Take back what `kernel_unlock_block` gave up."""


@slot
def biglock_try() -> bool:
    """Take the big lock unless another CPU has it; whether it did. In a frame, interrupts off."""


@slot
def biglock_ask() -> int:
    """`biglock_try`: -1 if it did, or else the CPU that has the lock."""


@slot
def biglock_freed() -> None:
    """This CPU has let a hold of the big lock go: after the last, have those interrupt again that were put off."""


@slot
def kernel_locked_p() -> bool:
    """Whether this CPU holds the big lock."""


mark(kernel_lock, held=kernel_locked_p)  # `guarded_by("kernel_lock")`
