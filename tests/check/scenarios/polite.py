"""Two threads that want two locks, each the other one's first, and give way if they cannot have both."""

from splx.scenario import *

HOW = Param("HOW", 0)  # 0 in opposite orders, 1 in one
a = Mutex("a")
b = Mutex("b")


@thread(cpu=0)
def one() -> None:
    done = False
    while not done:
        mutex_enter(a)
        if mutex_tryenter(b):
            done = True
            mutex_exit(b)
        mutex_exit(a)


@thread(cpu=1)
def two() -> None:
    done = False
    while not done:
        if HOW == 0:
            mutex_enter(b)
            if mutex_tryenter(a):
                done = True
                mutex_exit(a)
            mutex_exit(b)
        else:
            mutex_enter(a)
            done = True
            mutex_exit(a)
