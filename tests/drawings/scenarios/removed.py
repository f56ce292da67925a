"""Three devices on a line, and a driver on another CPU that removes the handlers of two of them."""

from splx.scenario import *

tty = Serial("tty", Poisson(ms(1)), limit=1, trigger=LEVEL, irq="both")
modem = Serial("modem", Never(), trigger=LEVEL, irq="both")
printer = Serial("printer", Never(), trigger=LEVEL, irq="both")


@handler(modem, IPL_SERIAL, mpsafe=True)
def modem_intr() -> None:
    pass


@handler(printer, IPL_SERIAL, mpsafe=True)
def printer_intr() -> None:
    pass


@handler(tty, IPL_SERIAL, mpsafe=True)
def tty_intr() -> None:
    tty.pop()


@thread(cpu=1)
def driver() -> None:
    intr_disestablish(modem)
    intr_disestablish(printer)
