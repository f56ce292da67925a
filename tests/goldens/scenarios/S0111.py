from splx.scenario import Empirical, Quantiles, Uniform, thread, us, work

PARSE = Uniform(us(5), us(3))
COPY = Empirical([])
FETCH = Quantiles([us(1), us(5), us(4)])


@thread("reader")
def reader() -> None:
    work(PARSE)
    work(COPY)
    work(FETCH)
