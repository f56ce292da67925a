"""E7: two CPUs hand an edge to and fro, and one of them never leaves its handler.

A line is sent to the other CPU while its handler runs, and the card has more to say for ever. With `edges=pend` the
new CPU masks the line and notes that it came; the old one opens it and runs the handler again, during which it comes
on the new one. What the old CPU did before never goes on. The knob is that choice: with `edges=wait` the new CPU waits
until the old one is through, and has the line from then on; with `resend` it gets it then.

Source: Linux 8d39d6ec4db5, "genirq: Prevent migration live lock in handle_edge_irq".
"""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), trigger=EDGE, ring=1)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    work(us(1))


class Box(Struct):
    through: i64 = atomic()


box = Box()


@thread(cpu=0)
def user() -> None:
    work(us(1))
    box.through = 1


@eventually
def user_is_through() -> bool:
    return box.through != 0


@thread(cpu=1)
def balancer() -> None:
    interrupt_distribute(card, 1)
