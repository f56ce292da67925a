"""A tasklet that fails, called by the thread of softirqs, which stores two words of its own in a row before."""

from splx.scenario import *


@tasklet()
def soon(_: int) -> None:
    assert False  # noqa: B011, PT015


@thread(cpu=0)
def user() -> None:
    tasklet_schedule(soon)
