from splx.scenario import IPL_NET, Mutex, mutex_exit, thread

lock = Mutex("lock", IPL_NET)


@thread("t")
def t() -> None:
    mutex_exit(lock)
