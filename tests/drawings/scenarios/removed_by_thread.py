"""Two devices on a line that has a thread, on the third CPU, and a driver that removes the handler of one of them."""

from splx.scenario import *

tty = Serial("tty", Poisson(ms(1)), limit=1, trigger=LEVEL, irq="both", cpu=2)
printer = Serial("printer", Never(), trigger=LEVEL, irq="both", cpu=2)


@handler(printer, IPL_NET, mpsafe=True)
def printer_intr() -> None:
    pass


@handler(tty, IPL_NET, mpsafe=True)
def tty_intr() -> None:
    tty.pop()


@thread(cpu=1)
def driver() -> None:
    interrupt_distribute(tty, 0)
    intr_disestablish(printer)
