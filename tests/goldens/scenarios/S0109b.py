from splx.scenario import IPL_NET, NIC, Poisson, Struct, handler, i64, periodic, softint, thread, us

nic = NIC("wm0", Poisson(mean=us(50)))


class Queue(Struct):
    length: i64


queue = Queue()


@handler(nic, IPL_NET, arg=3)
def nic_intr(q: Queue) -> None:
    nic.pop()


@softint(arg=1.5)
def ip_input(n: int) -> None:
    pass


@thread("reader", arg=queue)
def reader(dev: NIC) -> None:
    pass


@periodic(us(100), arg="x")
def job() -> None:
    pass
