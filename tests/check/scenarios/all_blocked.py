"""Two disks of one level whose handlers wait for a lock, and a third whose handler does not: each is asked something
when the one before has answered.
"""

from splx.scenario import *

lock = Mutex("lock", IPL_NET)
first = Disk("first", ClosedLoop(us(1)))
second = Disk("second", ClosedLoop(us(1)))
third = Disk("third", ClosedLoop(us(1)))


@handler(first, IPL_NET, mpsafe=True)
def first_intr() -> None:
    first.pop()
    second.submit()
    with lock:
        pass


@handler(second, IPL_NET, mpsafe=True)
def second_intr() -> None:
    second.pop()
    third.submit()
    with lock:
        pass


@handler(third, IPL_NET, mpsafe=True)
def third_intr() -> None:
    third.pop()


@thread(cpu=0)
def owner() -> None:
    with lock:
        first.submit()
