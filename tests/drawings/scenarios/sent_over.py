"""A thread that sends a call to a CPU whose own call has just ended."""

from splx.scenario import *

disk = Disk("disk", Never(), cpu=1)


@softint(IPL_SOFTSERIAL, mpsafe=True)
def urgent() -> None:
    pass


@softint(IPL_SOFTNET, mpsafe=True)
def local() -> None:
    pass


@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    disk.pop()
    softint_schedule(local)


@thread(cpu=0)
def sender() -> None:
    softint_schedule_cpu(urgent, 1)
