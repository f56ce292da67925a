"""M4 over a kernel: interrupts of two levels, three threads of different priority, three locks.

`low` and `high` are spin locks of the two levels, `mutex` is one that sleeps. BUG=2: thread 2 takes the spin locks in
one order, thread 0 in the other. What is bug 1 of the model is mutant spin-bare here.
"""

from splx.scenario import *

BUG = Param("BUG", 0)
CPUS = Param("CPUS", 2)


class Flag(Struct):
    low: i64 = atomic()
    high: i64 = atomic()


flag = Flag()
low = Mutex("low", IPL_NET)
high = Mutex("high", IPL_AUDIO)
mutex = Mutex("mutex")
low_cv = Condvar("low_cv")
high_cv = Condvar("high_cv")


def wake_low() -> None:
    with low:
        flag.low = 1
        cv_signal(low_cv)


def wake_high() -> None:
    with high:
        flag.high = 1
        cv_signal(high_cv)


nic0 = NIC("nic0", Poisson(ms(1)), cpu=0, limit=1)
audio0 = Audio("audio0", Poisson(ms(1)), cpu=0, limit=1)


@handler(nic0, IPL_NET, mpsafe=True)
def nic0_intr() -> None:
    nic0.pop()
    wake_low()


@handler(audio0, IPL_AUDIO, mpsafe=True)
def audio0_intr() -> None:
    audio0.pop()
    wake_high()


if CPUS == 2:
    nic1 = NIC("nic1", Poisson(ms(1)), cpu=1, limit=1)
    audio1 = Audio("audio1", Poisson(ms(1)), cpu=1, limit=1)

    @handler(nic1, IPL_NET, mpsafe=True)
    def nic1_intr() -> None:
        nic1.pop()
        wake_low()

    @handler(audio1, IPL_AUDIO, mpsafe=True)
    def audio1_intr() -> None:
        audio1.pop()
        wake_high()


@thread(priority=PRI_USER)
def thread0() -> None:
    with mutex:
        if BUG == 2:
            with low, high:
                pass
        else:
            with low:
                pass


@thread(priority=PRI_KERNEL)
def thread1() -> None:
    with low:
        while flag.low == 0:
            cv_wait(low_cv, low)
    with mutex, high:
        pass


@thread(priority=PRI_USER_RT)
def thread2() -> None:
    with high:
        while flag.high == 0:
            cv_wait(high_cv, high)
    if BUG == 2:
        with high, low:
            pass
    else:
        with low, high:
            pass
