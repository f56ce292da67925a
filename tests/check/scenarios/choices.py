"""A choice: every outcome is looked at, and there may be so many of them."""

from splx.machine.intrinsics import choose
from splx.scenario import *

AMONG = Param("AMONG", 16)


@thread(cpu=0)
def chooser() -> None:
    n = choose(AMONG)
    assert n != 15, "the last one"
