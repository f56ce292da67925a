"""C4: a thread opens its line while the interrupt that woke it is not through.

Two cards share a line, which is masked until the threads of both have run. Each takes out its own bit of a word, and
whoever takes out the last opens the line. The interrupt puts the bits in one by one, without the lock of that word: a
thread that another CPU runs at once may be done before it has come to the next. The knob: mutant c4, whose threads do
not wait for the interrupt to be through.

Source: Linux kernel/irq/manage.c, irq_finalize_oneshot, and its comment.
"""

from splx.scenario import *

first = NIC("first", Poisson(ms(1)), irq="shared", cpu=1, limit=1)
second = Disk("second", Never(), irq="shared", cpu=1)


@handler(first, IPL_NET, mpsafe=True)
def first_intr() -> None:
    first.pop()


@handler(second, IPL_NET, mpsafe=True)
def second_intr() -> None:
    second.pop()


@thread(cpu=1, priority=180)
def user() -> None:
    work(us(1))
