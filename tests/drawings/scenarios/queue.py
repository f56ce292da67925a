"""A workqueue, and a handler on another CPU that adds to it."""

from splx.scenario import *

nic = NIC("nic", Never(), cpu=1)
wk = Work()


def job(arg: int) -> None:
    work(us(1))


queue = Workqueue("worker", job, ipl=IPL_NET, cpu=0)


@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
    workqueue_enqueue(queue, wk, 1)
