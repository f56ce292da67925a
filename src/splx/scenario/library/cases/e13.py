"""E13: a handler is removed while it runs.

A driver takes its handler off the line and frees what the handler is about. On the other CPU an interrupt is in that
handler, or about to be. The knob: in mutant e13 whoever removes a handler does not wait for interrupts that are at it;
in e13-fence it may look for them too early; in e13-phase it waits for ever for one that is through.

With TWO, another handler goes first: the barrier of FreeBSD does not wait for an interrupt that has read in which
number to be counted before the first barrier, and counts itself after it.

Source: FreeBSD sys/kern/kern_intr.c @013ea0bf: intr_event_barrier, intr_event_remove_handler.
"""

from splx.scenario import *

TWO = Param("TWO", 0)
tty = Serial("tty", Poisson(ms(1)), limit=1, trigger=LEVEL, irq="both")
printer = Serial("printer", Never(), trigger=LEVEL, irq="both")
modem = Serial("modem", Never(), trigger=LEVEL, irq="both")


class Softc(Struct):
    freed: i64 = atomic()


softc = Softc()


@handler(modem, IPL_SERIAL, mpsafe=True)
def modem_intr() -> None:
    pass


@handler(printer, IPL_SERIAL, mpsafe=True)
def printer_intr() -> None:
    assert softc.freed == 0, "used after it was freed"


@handler(tty, IPL_SERIAL, mpsafe=True)
def tty_intr() -> None:
    tty.pop()


@thread(cpu=1)
def driver() -> None:
    if TWO == 1:
        intr_disestablish(modem)
    intr_disestablish(printer)
    softc.freed = 1
