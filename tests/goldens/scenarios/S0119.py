# design: netbsd-2006
from splx.scenario import IPL_BIO, IPL_VM, Disk, Poisson, handler, level, splvm, splx, thread, us

disk = Disk("sd0", Poisson(mean=us(50)))


@level(IPL_VM)
def free_page() -> None:
    pass


def finish() -> None:
    free_page()


@handler(disk, IPL_BIO)
def disk_intr() -> None:
    disk.pop()
    finish()


@thread("pager")
def pager() -> None:
    s = splvm()
    free_page()
    splx(s)
