"""A12: two threads spin, each for what the other has, and the scheduler thinks that both run.

`old_code` has the big lock and spins for `lock`, whose owner runs. The owner spins for the big lock. Would either
sleep, the other could go on: the big lock is given up by whoever sleeps. The knob, mutant m7: an owner that wants the
big lock counts as not running. NetBSD has a store fence before an owner is seen to want it, which no kernel here needs:
on these machines stores are seen in their order.

Source: NetBSD sys/kern/kern_lock.c and kern_mutex.c: `ci_biglock_wanted`, `mutex_oncpu`.
"""

from splx.scenario import *

lock = Mutex("lock")


@thread(cpu=0)
def old_code() -> None:
    kernel_lock()
    with lock:
        pass
    kernel_unlock()


@thread(cpu=1)
def owner() -> None:
    with lock:
        kernel_lock()
        kernel_unlock()
