"""pool(9): a stock of like items, and two ways to ask for one.

What
----
`pool_get` takes an item. If there is none, PR_NOWAIT gets 0, and PR_WAITOK waits for a `pool_put`. Exactly one of
the two is said. Waiting is for threads; saying that one may wait is for threads too: the assertion fires on every
call from where waiting is forbidden, not only when the stock happens to be empty.

Why
---
"A pool_get that may wait should trip an assertion there" (Doran, tech-smp, 2006-12-01), against "it will be used
because it seems to work" (Laight, 2006-12-02). The difference between the two is when the mistake is found: at the
first call, or on the day when memory is short. Link `assert_sleepable` to another body to see the second.

The race
--------
Without the assertion both work, until the stock is empty and what would fill it is the level that waits:

    without the assertion:
    cpu0
    interrupt nic
    pool_get(p, PR_WAITOK)      -- a softint
    p.pr_free := 0
    pool_get returns 1          -- for years
    interrupt nic
    cv_wait
    switch_to(SOFTNET/0)        -- until somebody puts one back
    interrupt disk
    softint_schedule(put)       -- a softint of the level that waits
    waits for ever

`kmem_zero` is what comes before memory is given out: pieces of it are cleared, by the thread that asks.

Invariants
----------
1. pr_free is the number of items that nobody has, never below 0 nor above pr_items: nobody gives back what is not out.
2. A thread waits only while pr_free is 0, or is about to look again.

Sources
-------
NetBSD sys/kern/subr_pool.c @003138bf (pool_get, pool_put; its KASSERTs), about 2017.

Left out
--------
Memory: items are counted, not kept. Pages, caches, low- and high-water marks, reclaim.
"""

from __future__ import annotations

from splx.kernel.interface.levels import INTR_SLEEP, IPL_NONE
from splx.kernel.interface.locks import mutex_enter, mutex_exit
from splx.kernel.interface.lwp import LW_NOSLEEP, ci, cpu_intr_p
from splx.kernel.interface.sync import (
    PR_NOWAIT,
    PR_WAITOK,
    Pool,
    assert_sleepable,
    cv_signal,
    cv_wait,
)
from splx.lang.kernel import invariant
from splx.machine.intrinsics import work

__account__ = "other"


def pool_get(p: Pool, flags: int) -> int:
    """An item, or 0 if there is none and the caller will not wait."""
    assert PR_WAITOK <= flags <= PR_NOWAIT, "pool_get: one of PR_WAITOK and PR_NOWAIT"
    assert p.pr_ipl != IPL_NONE or not cpu_intr_p(), "pool is IPL_NONE but called from interrupt context"
    assert p.pr_ipl != IPL_NONE or INTR_SLEEP == 2 or ci.curlwp.l_flag & LW_NOSLEEP == 0, (
        "pool is IPL_NONE but called from a softint or interrupt thread"
    )
    if flags == PR_WAITOK:
        assert_sleepable()
    mutex_enter(p.pr_lock)
    while p.pr_free == 0 and flags == PR_WAITOK:
        cv_wait(p.pr_cv, p.pr_lock)
    item = p.pr_free
    if item > 0:
        p.pr_free = item - 1
    mutex_exit(p.pr_lock)
    return item


def pool_put(p: Pool, item: int) -> None:
    """Give an item back, and wake one who waits for it."""
    assert item > 0, "pool_put: not an item"
    mutex_enter(p.pr_lock)
    free = p.pr_free
    assert free < p.pr_items, "putting with none out"
    p.pr_free = free + 1
    cv_signal(p.pr_cv)
    mutex_exit(p.pr_lock)


def kmem_zero(chunks: int, each: int) -> None:
    """Clear so many pieces."""
    left = chunks
    while left > 0:
        work(each)
        left -= 1


def pool_invariant(p: Pool) -> bool:
    """1."""
    return p.pr_free >= 0 and p.pr_free <= p.pr_items


@invariant()
def pool_always(p: Pool) -> bool:
    """1."""
    return pool_invariant(p)
