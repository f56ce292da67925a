"""A thread asks for soft work, once, and it is done in the end."""

from splx.scenario import *


class Work(Struct):
    done: i64 = atomic()


work_ = Work()


@softint(IPL_SOFTNET, mpsafe=True)
def soft(_: i64) -> None:
    work_.done = 1


@thread(cpu=0)
def asks() -> None:
    kpreempt_disable()
    softint_schedule(soft)
    kpreempt_enable()


@eventually
def is_done() -> bool:
    return work_.done == 1
