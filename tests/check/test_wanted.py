"""A12, its second half: an owner releases a lock before it is seen to want the big one. NetBSD has a store fence there.

Whoever waits for the lock sleeps as soon as its owner wants the big lock. Were that seen before the release is, the
release could wipe out the mark of who sleeps. Here the release is the unlocked exchange of `mutex_exit`, by itself: in
the kernel a locked operation has failed in between, which empties the buffer besides.
"""

import pytest

from splx.check.bare import Start, bare
from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.lang.kernel import Const, Struct, atomic, entry, i64, inline, spin_while
from splx.machine.intrinsics import cas, cas_local, fence, halt, intr_enable, swap

STORE_FENCE = Const("STORE_FENCE")
EARLY = Const("EARLY")  # the want is published before the release
OWNED, MARKED = 1, 3


class Words(Struct):
    """The lock, whose owner it is; the big lock, which the other CPU has; and the queue with its lock."""

    lock: i64 = atomic(OWNED)
    wanted: i64 = atomic()
    big: i64 = atomic(1)
    chain: i64 = atomic()
    asleep: i64 = atomic()


words = Words()


@inline
def chain_enter() -> None:
    """Take the lock of the queue."""
    while not cas(words.chain, 0, 1):
        spin_while(words.chain != 0)


@entry
def owner(unused: int) -> None:
    """mutex_exit, kernel_lock."""
    intr_enable()
    if EARLY != 0:
        words.wanted = 1
    if not cas_local(words.lock, OWNED, 0):
        chain_enter()
        words.lock = 0
        words.asleep = 0
        words.chain = 0
    if STORE_FENCE != 0:
        fence()
    words.wanted = 1
    spin_while(words.big != 0)
    swap(words.wanted, 0)
    while True:
        halt()


@entry
def waiter(unused: int) -> None:
    """mutex_enter, with the big lock."""
    intr_enable()
    while words.lock != 0:
        if words.wanted != 0:
            block()
    words.big = 0
    while True:
        halt()


@inline
def block() -> None:
    """Leave a mark, and sleep if the owner still wants the big lock. That is given up."""
    chain_enter()
    if cas(words.lock, OWNED, MARKED) and words.wanted != 0:
        words.asleep = 1
        words.big = 0
    words.chain = 0
    spin_while(words.asleep != 0)


def verdict(memory, **consts):
    """Of the two CPUs."""
    starts = [Start(owner, cpu=0), Start(waiter, cpu=1)]
    made = bare("wanted", starts, consts={"STORE_FENCE": 0, "EARLY": 0, **consts})
    return check(made, Bounds(tso=memory == "tso"))


@pytest.mark.parametrize(("memory", "fences"), [("sc", 0), ("tso", 0), ("tso", 1)])
def test_stores_are_seen_in_order_so_the_fence_makes_no_difference(memory, fences):
    assert verdict(memory, STORE_FENCE=fences).holds


@pytest.mark.parametrize("memory", ["sc", "tso"])
def test_were_they_not_a_wakeup_would_be_lost(memory):
    assert "waiter spins on words.asleep for ever" in verdict(memory, EARLY=1).finding.why
