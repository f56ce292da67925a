"""A job that is released all the time."""

from splx.scenario import Constant, periodic, us, work

COST = Constant(us(2))


@periodic(0)
def job() -> None:
    work(COST)
