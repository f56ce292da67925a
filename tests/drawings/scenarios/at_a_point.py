"""A real-time thread that another CPU wakes while a lesser one is in the kernel, and a lock that both want."""

from splx.scenario import *


class Box(Struct):
    ready: i64


box = Box()
m = Mutex("m")
cv = Condvar("cv")
table = Mutex("table")


@thread(priority=PRI_USER_RT, cpu=0)
def better() -> None:
    mutex_enter(m)
    while box.ready == 0:
        cv_wait(cv, m)
    mutex_exit(m)
    mutex_enter(table)
    mutex_exit(table)


@thread(priority=PRI_USER, cpu=0)
def low() -> None:
    work(us(1))
    mutex_enter(table)
    mutex_exit(table)


@thread(cpu=1)
def waker() -> None:
    mutex_enter(m)
    box.ready = 1
    cv_signal(cv)
    mutex_exit(m)
