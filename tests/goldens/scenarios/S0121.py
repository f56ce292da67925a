from splx.scenario import IPL_NET, NIC, Callout, Poisson, callout_schedule, handler, ms

nic = NIC("nic", Poisson(ms(1)))


def timeout(n: int) -> None:
    pass

watch = Callout(timeout)


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()
    callout_schedule(watch, 2)
