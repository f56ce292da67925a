from splx.scenario import IPL_NET, Mutex, kernel_lock, kernel_unlock, thread, us, work

stats = Mutex("stats", IPL_NET)


@thread("t")
def t() -> None:
    with stats:
        kernel_lock()
        work(us(1))
        kernel_unlock()
