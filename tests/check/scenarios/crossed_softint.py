"""A thread and a soft interrupt take two locks, each in the other order."""

from splx.scenario import *

a = Mutex("a", IPL_SOFTNET)
b = Mutex("b", IPL_SOFTNET)


@softint(IPL_SOFTNET, mpsafe=True)
def soft() -> None:
    mutex_enter(b)
    mutex_enter(a)
    mutex_exit(a)
    mutex_exit(b)


@thread(cpu=0)
def user() -> None:
    mutex_enter(a)
    kpreempt_disable()
    softint_schedule(soft)
    kpreempt_enable()
    mutex_enter(b)
    mutex_exit(b)
    mutex_exit(a)
