from splx.scenario import Mutex, periodic, ms, thread, us, work

stats = Mutex("stats", ceiling=500)


@thread("reader", priority=300)
def reader() -> None:
    work(us(1))


@periodic(ms(1), priority=-1)
def control() -> None:
    work(us(1))
