from splx.scenario import IPL_NET, NIC, Poisson, Workqueue, handler, thread, us, work

nic = NIC("wm0", Poisson(mean=us(50)))


@handler(nic, IPL_NET)
def nic_intr(dev: int, queue: int) -> None:
    nic.pop()


later = Workqueue("later", print)
thread("reader")(lambda: work(us(1)))
