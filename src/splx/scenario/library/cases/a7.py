"""A7: a CPU waits, with interrupts off, for a handler that waits for that CPU.

A line is sent to the other CPU while its handler runs, and the card says more. With `edges=wait` the new CPU waits
until the handler is through on the old one; but there the handler waits for something that only the new one does. The
knob is that choice: with `edges=resend`, or `pend`, it is noted that the line came, and the CPU goes on.

Source: Linux 8d39d6ec4db5, "genirq: Prevent migration live lock in handle_edge_irq", and the stalls reported after it.
"""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), trigger=EDGE, limit=2)


class Box(Struct):
    answered: i64 = atomic()


box = Box()


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    while box.answered == 0 and cpu_number() == 0:
        pass


@thread(cpu=1)
def other() -> None:
    interrupt_distribute(card, 1)
    work(us(1))
    box.answered = 1
