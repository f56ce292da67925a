# set: load=high
# set: sped=3
from splx.scenario import Param, thread, us, work

load = Param("load", 3)
speedup = Param("speedup", 400)


@thread("reader")
def reader() -> None:
    work(us(load))
