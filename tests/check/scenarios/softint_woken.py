"""A softint blocks on a lock whose holder, on the other CPU, is interrupted, and wakes it when it goes on."""

from splx.scenario import (
    IPL_BIO,
    IPL_NET,
    IPL_SOFTNET,
    NIC,
    Disk,
    Mutex,
    Poisson,
    handler,
    ms,
    softint,
    softint_schedule,
    thread,
)

card = NIC("card", Poisson(ms(1)), cpu=0, limit=1)
disk = Disk("disk", Poisson(ms(1)), cpu=1, limit=1)
w = Mutex("w", IPL_SOFTNET)


@softint(IPL_SOFTNET, mpsafe=True)
def soft() -> None:
    with w:
        pass


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    softint_schedule(soft)


@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    disk.pop()


@thread("t", cpu=1)
def t() -> None:
    with w:
        pass
