"""A thread behind one that never sleeps."""

from splx.scenario import *


@thread(cpu=0, priority=PRI_USER_RT)
def busy() -> None:
    while True:
        pass


@thread(cpu=0)
def user() -> None:
    pass
