from splx.scenario import Mutex, thread, us, work

lock = Mutex("lock")


@thread("t")
def t() -> None:
    with lock:
        inner()


def inner() -> None:
    with lock:
        work(us(1))
