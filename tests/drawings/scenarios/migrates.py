"""A thread that goes to sleep on one CPU, and is woken on another, which has nothing better to do."""

from splx.scenario import *

m = Mutex("m")
cv = Condvar("cv")


@thread("l", priority=PRI_USER_RT)
def sleeps() -> None:
    mutex_enter(m)
    cv_wait(cv, m)
    mutex_exit(m)


@thread("next", priority=PRI_USER_RT, cpu=0)
def busy() -> None:
    work(us(1))


@thread(priority=PRI_USER, cpu=1)
def waker() -> None:
    cv_signal(cv)
