from splx.scenario import (
    IPL_NET,
    IPL_SOFTNET,
    NIC,
    PR_WAITOK,
    Periodic,
    Pool,
    handler,
    ms,
    pool_get,
    pool_put,
    softint,
    softint_schedule,
)  # fmt: skip

nic = NIC("wm0", Periodic(ms(1)))
mbufs = Pool("mbufs", 4, IPL_SOFTNET)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        softint_schedule(ip_input)


@softint(IPL_SOFTNET, mpsafe=True)
def ip_input() -> None:
    m = pool_get(mbufs, PR_WAITOK)
    pool_put(mbufs, m)
