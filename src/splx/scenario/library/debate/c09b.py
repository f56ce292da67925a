"""An urgent job that waits for a lock whose owner waits for another, and a thread between them that wants the CPU.

The last of the owners computes for a while with its lock; each of the others has one lock and waits for the next.

Parameters: depth, how many owners there are, one to three; hog, how long the thread in between computes.
"""

from splx.scenario import *

DEPTH = Param("depth", 2)
HOG = Param("hog", ms(3))
HOLD = Constant(ms(1))

one = Mutex("one")
two = Mutex("two")
three = Mutex("three")


def first() -> None:
    """Has what the urgent job wants."""
    with one:
        if DEPTH == 1:
            work(HOLD)
        else:
            with two:
                pass


def second() -> None:
    """Has what the first wants."""
    with two:
        if DEPTH == 2:
            work(HOLD)
        else:
            with three:
                pass


def third() -> None:
    """Has what the second wants."""
    with three:
        work(HOLD)


OWNERS = (first, second, third)

for n in range(DEPTH):
    # the last first, each better than the one that it will wait for
    periodic(ms(10), offset=us(200) * (DEPTH - n), priority=PRI_USER_RT + 3 - n, cpu=0)(OWNERS[n])


@periodic(ms(10), offset=us(800), priority=PRI_USER_RT + 10, cpu=0)
def between() -> None:
    """Compute; it needs no lock."""
    work(HOG)


@periodic(ms(10), offset=us(900), priority=PRI_KERNEL_RT, cpu=0, jitter=us(200))
def urgent() -> None:
    """A short look."""
    with one:
        work(us(5))
