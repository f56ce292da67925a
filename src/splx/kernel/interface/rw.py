"""rwlock(9): the word of a lock that many may read under and one may write under, and the slots that take it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from splx.kernel.interface.locks import Mutex
from splx.lang.kernel import Struct, atomic, embedded, i64, slot

# what is asked for
RW_READER = 0
RW_WRITER = 1

# of rw_readers, under PREEMPT_RT
RW_CLOSED = 1 << 31  # a reader has to wait for the rt_mutex
RW_WRITING = 1 << 30  # somebody writes

READERS = 48  # above this bit of the word of a lock is how many read; below, as in that of a mutex, its owner


class RWLock(Struct):
    """rwlock(9). The word is that of a mutex, so that a turnstile reads an owner off it as it does off any lock."""

    # what `guarded_by` asks
    owned_with: ClassVar[Callable[[RWLock], bool]]

    rw_lock: Mutex = embedded()
    rw_readers: i64 = atomic()  # PREEMPT_RT, where the word is that of an rt_mutex: how many read, and flags


@slot
def rw_enter(rw: RWLock, op: int) -> None:
    """Take `rw` to read (RW_READER) or to write (RW_WRITER). Threads; softints and interrupt threads. May block."""


@slot
def rw_tryenter(rw: RWLock, op: int) -> bool:
    """Take `rw` if that needs no waiting. False, with nothing changed, if it does."""


@slot
def rw_exit(rw: RWLock) -> None:
    """Release `rw`, which the caller holds either way."""


@slot
def rw_downgrade(rw: RWLock) -> None:
    """The caller, who holds `rw` to write, goes on to read; other readers that wait come in."""


@slot
def rw_lock_held(rw: RWLock) -> bool:
    """Whether anybody holds `rw`, either way. For assertions only."""


@slot
def rw_write_held(rw: RWLock) -> bool:
    """Whether the caller holds `rw` to write. For assertions only."""


RWLock.owned_with = rw_lock_held
