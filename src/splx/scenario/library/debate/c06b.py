"""A thread that uses data of its CPU, again and again, and must not lose the CPU meanwhile.

Parameters: between, how long it does something else; how, `count`, disable preemption, or `lock`, take a spin lock.
"""

from splx.scenario import *

LOCKS = ("count", "lock").index(Param("how", "count"))
BETWEEN = Param("between", us(1))

own = Mutex("own", IPL_VM)


@thread("user", cpu=0)
def user() -> None:
    """A short section, and something else, for ever."""
    while True:
        if LOCKS == 1:
            with own:
                work(ns(100))
        else:
            kpreempt_disable()
            work(ns(100))
            kpreempt_enable()
        work(BETWEEN)
