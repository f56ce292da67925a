"""M2 over a kernel: a thread on each CPU, and a card on CPU 0, or on both; one lock for all of them."""

from splx.scenario import *

CARDS = Param("CARDS", 1)
CPUS = Param("CPUS", 2)


class Inside(Struct):
    count: i64 = atomic()


inside = Inside()
lock = Mutex("lock", IPL_NET)


def section() -> None:
    with lock:
        inside.count += 1
        assert inside.count == 1, "two in the critical section"
        inside.count -= 1


card0 = NIC("card0", Poisson(ms(1)), cpu=0, limit=1)


@handler(card0, IPL_NET, mpsafe=True)
def card0_intr() -> None:
    card0.pop()
    section()


if CARDS == 2:
    card1 = NIC("card1", Poisson(ms(1)), cpu=1, limit=1)

    @handler(card1, IPL_NET, mpsafe=True)
    def card1_intr() -> None:
        card1.pop()
        section()


for number in range(CPUS):

    @thread(f"user{number}", cpu=number)
    def user() -> None:
        section()
