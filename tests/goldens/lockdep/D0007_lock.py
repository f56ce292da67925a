from splx.scenario import IPL_NET, Mutex, thread, us, work

spins = Mutex("spins", IPL_NET)
sleeps = Mutex("sleeps")


@thread("t")
def t() -> None:
    with spins, sleeps:
        work(us(1))
