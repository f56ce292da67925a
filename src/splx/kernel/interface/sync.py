"""What threads meet at beside locks: condition variables, pools, workqueues."""

from __future__ import annotations

from collections.abc import Callable

from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import Lwp, Sleepq
from splx.lang.kernel import THREAD, Struct, atomic, context, embedded, i16, i64, slot, u8

PR_WAITOK = 1
PR_NOWAIT = 2


class KCondvar(Struct):
    """condvar(9). Guarded by the interlock it is used with."""

    cv_queue: Sleepq = embedded()
    cv_waiters: i16


class Pool(Struct):
    """pool(9): a stock of like items, counted."""

    # guarded by pr_lock
    pr_lock: Mutex
    pr_free: i16
    pr_cv: KCondvar  # waiting for an item
    # set when declared
    pr_ipl: u8
    pr_items: i16  # in all


class Work(Struct):
    """workqueue(9): one request."""

    wk_next: Work
    wk_arg: i64
    wk_queued: u8
    wk_wq: Workqueue  # worker pools: whose it is


class Workqueue(Struct):
    """workqueue(9): a list of requests and the thread that serves them."""

    wq_lock: Mutex
    wq_cv: KCondvar
    # guarded by wq_lock
    wq_head: Work
    wq_tail: Work
    # set when declared
    wq_func: Callable[[int], None]
    wq_lwp: Lwp
    # worker pools; atomic: any CPU
    wq_mayday: u8 = atomic()  # whether its thread has been asked to help, and is at it
    # set when declared
    wq_max: u8  # so many requests of it on the list of a CPU, or at work for it; 0: as many as there are
    wq_class: u8  # to which pools its requests go: 1 for those of high priority, and 2 for those of no CPU
    wq_number: u8  # its place among the scenario's


@slot
@context(THREAD)
def cv_wait(cv: KCondvar, m: Mutex) -> None:
    """Release `m`, sleep until woken, take `m` again. Threads only."""


@slot
def cv_signal(cv: KCondvar) -> None:
    """Wake the best waiter. The interlock is held."""


@slot
def cv_broadcast(cv: KCondvar) -> None:
    """Wake all waiters. The interlock is held."""


@slot
def pool_get(p: Pool, flags: int) -> int:
    """An item, as a number above 0. 0 if there is none and PR_NOWAIT; with PR_WAITOK, threads only, waits."""


@slot
def pool_put(p: Pool, item: int) -> None:
    """Give `item` back."""


@slot
@context(THREAD)
def kmem_zero(chunks: int, each: int) -> None:
    """Clear `chunks` pieces of memory, for `each` (a time) apiece, as kmem_zalloc(9) does before it gives memory out. A
    thread does it like any other work, but in seL4, where it is an operation of the kernel, and a piece is 256 bytes.
    """


@slot
def workqueue_enqueue(wq: Workqueue, wk: Work, arg: int) -> None:
    """Have the thread of `wq` call its function with `arg`. `wk` must not be queued."""


@slot
def workqueue_worker(where: int) -> None:
    """What the thread of the workqueue at address `where` runs."""


@slot
@context(THREAD)
def kthread_exit() -> None:
    """End the running thread."""


@slot
@context(THREAD)
def yield_() -> None:
    """Let threads of the same priority run."""


@slot
def might_resched() -> None:
    """A thread is at a call that may sleep, and holds no spin mutex: some kernels let better threads run there."""


@slot
def section_check() -> None:
    """Stop with a message if the caller is in a section, other than those of levels and spin mutexes, where no thread
    may sleep. Nothing where there are none.
    """


@slot
def assert_sleepable() -> None:
    """Stop with a message if the caller may not sleep, on every call."""
