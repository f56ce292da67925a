"""A real-time thread that another CPU wakes while a lesser one runs: with preemption disabled, then in user mode."""

from splx.scenario import *


class Box(Struct):
    ready: i64


box = Box()
m = Mutex("m")
cv = Condvar("cv")
PAGE = Constant(us(1))


@thread(priority=PRI_USER_RT, cpu=0)
def better() -> None:
    mutex_enter(m)
    while box.ready == 0:
        cv_wait(cv, m)
    mutex_exit(m)


@thread(priority=PRI_USER, cpu=0)
def low() -> None:
    kpreempt_disable()
    work(us(1))
    kpreempt_enable()
    user_work(PAGE)


@thread(cpu=1)
def waker() -> None:
    mutex_enter(m)
    box.ready = 1
    cv_signal(cv)
    mutex_exit(m)
