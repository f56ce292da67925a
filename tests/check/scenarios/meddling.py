"""Two CPUs open and shut each other's lines, and take their items, about when they come."""

from splx.scenario import *

a = NIC("a", Poisson(us(7)), cpu=0, trigger=LEVEL, ring=16)
b = NIC("b", Poisson(us(9)), cpu=1, trigger=LEVEL, ring=16)
c = NIC("c", Poisson(us(11)), cpu=1, trigger=LEVEL, ring=16)
d = NIC("d", Poisson(us(8)), cpu=0, trigger=EDGE, ring=16)


@handler(a, IPL_NET, mpsafe=True)
def a_intr() -> None:
    a.pop()


@handler(b, IPL_NET, mpsafe=True)
def b_intr() -> None:
    b.pop()


@handler(c, IPL_TTY, mpsafe=True)
def c_intr() -> None:
    c.pop()
    c.pop()


@handler(d, IPL_TTY, mpsafe=True)
def d_intr() -> None:
    d.pop()
    d.pop()


@thread(cpu=0)
def one() -> None:
    while True:
        c.disable()
        work(us(3))
        c.enable()
        b.pop()
        work(ns(700))
        c.pop()


@thread(cpu=1)
def two() -> None:
    while True:
        a.disable()
        work(us(2))
        a.enable()
        work(ns(400))
        a.pop()
        d.pop()
