from splx.scenario import IPL_NET, Condvar, Mutex, cv_wait, thread

outer = Mutex("outer", IPL_NET)
inner = Mutex("inner", IPL_NET)
ready = Condvar("ready")


@thread("waiter")
def waiter() -> None:
    with outer, inner:
        cv_wait(ready, inner)
