"""C5: a line is moved while its handler runs.

The handler has looked at its card, and takes a while to return. Meanwhile the line is sent to the other CPU, and the
card has something more to say: that comes on the new CPU, which finds that the handler is in progress and leaves it at
that. The knob: in mutant c5 it does not note that the line came, so nobody looks again.

Source: Linux 9c15eeb5362c, "genirq: Allow fasteoi handler to resend interrupts on concurrent handling".
"""

from splx.scenario import *

card = NIC("card", Poisson(ms(1)), trigger=EDGE, limit=2)


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    while card.pop() != 0:
        pass
    work(us(1))


@thread(cpu=1)
def balancer() -> None:
    interrupt_distribute(card, 1)
