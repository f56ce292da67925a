"""Four CPUs, eight threads, six locks, six sources: about as much as a driver's author would put into one question.

On each CPU there are two threads, and each takes two locks in the order in which they are numbered. Every source has a
handler that takes one of the locks; all can be held with its level raised.
"""

from splx.scenario import *

lock0 = Mutex("lock0", IPL_VM)
lock1 = Mutex("lock1", IPL_VM)
lock2 = Mutex("lock2", IPL_VM)
lock3 = Mutex("lock3", IPL_VM)
lock4 = Mutex("lock4", IPL_VM)
lock5 = Mutex("lock5", IPL_VM)

source0 = NIC("source0", Periodic(ms(1)), cpu=0)
source1 = NIC("source1", Periodic(ms(1)), cpu=1)
source2 = NIC("source2", Periodic(ms(1)), cpu=2)
source3 = NIC("source3", Periodic(ms(1)), cpu=3)
source4 = NIC("source4", Periodic(ms(1)), cpu=0)
source5 = NIC("source5", Periodic(ms(1)), cpu=1)


@handler(source0, IPL_VM, mpsafe=True)
def handler0() -> None:
    source0.pop()
    mutex_enter(lock0)
    mutex_exit(lock0)


@handler(source1, IPL_VM, mpsafe=True)
def handler1() -> None:
    source1.pop()
    mutex_enter(lock1)
    mutex_exit(lock1)


@handler(source2, IPL_VM, mpsafe=True)
def handler2() -> None:
    source2.pop()
    mutex_enter(lock2)
    mutex_exit(lock2)


@handler(source3, IPL_VM, mpsafe=True)
def handler3() -> None:
    source3.pop()
    mutex_enter(lock3)
    mutex_exit(lock3)


@handler(source4, IPL_VM, mpsafe=True)
def handler4() -> None:
    source4.pop()
    mutex_enter(lock4)
    mutex_exit(lock4)


@handler(source5, IPL_VM, mpsafe=True)
def handler5() -> None:
    source5.pop()
    mutex_enter(lock5)
    mutex_exit(lock5)


def both(first: Mutex, second: Mutex) -> None:
    mutex_enter(first)
    mutex_enter(second)
    mutex_exit(second)
    mutex_exit(first)


@thread(cpu=0)
def thread0() -> None:
    both(lock0, lock1)


@thread(cpu=1)
def thread1() -> None:
    both(lock1, lock2)


@thread(cpu=2)
def thread2() -> None:
    both(lock2, lock3)


@thread(cpu=3)
def thread3() -> None:
    both(lock3, lock4)


@thread(cpu=0)
def thread4() -> None:
    both(lock4, lock5)


@thread(cpu=1)
def thread5() -> None:
    both(lock0, lock5)


@thread(cpu=2)
def thread6() -> None:
    both(lock1, lock4)


@thread(cpu=3)
def thread7() -> None:
    both(lock2, lock5)
