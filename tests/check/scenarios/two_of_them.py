"""A thread sleeps until a card wakes it, which it does once another one has come."""

from splx.scenario import *

one = NIC("one", Poisson(ms(1)))
other = NIC("other", Poisson(ms(1)))


class Box(Struct):
    came: i64 = atomic()


box = Box()
lock = Mutex("lock", IPL_NET)
both = Condvar("both")


@handler(one, IPL_NET, mpsafe=True)
def one_intr() -> None:
    one.pop()
    box.came = 1


@handler(other, IPL_NET, mpsafe=True)
def other_intr() -> None:
    other.pop()
    if box.came == 1:
        with lock:
            cv_signal(both)


@thread(cpu=0)
def sleeper() -> None:
    with lock:
        cv_wait(both, lock)
