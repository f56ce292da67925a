from splx.scenario import *


@softint(IPL_SOFTNET, name="rx\n::error::x")
def rx() -> None:
    pass


@thread("reader\x1b[31m")
def reader() -> None:
    pass
