"""A thread that ends."""

from splx.scenario import *


@thread("l", cpu=0)
def ends() -> None:
    work(us(1))
