"""Two chains of waiting threads that cross: w1 waits for p, its owner x for q; w2 for q, its owner y for r.

With two turnstile chains, that of r is that of p: the locks lie on lines one after the other.
"""

from splx.kernel.interface.locks import Mutex as Lock
from splx.lang.kernel import embedded
from splx.scenario import *


class Locks(Struct):
    p: Lock = embedded()
    q: Lock = embedded()
    r: Lock = embedded()


locks = Locks()
m = Mutex("m")
cv = Condvar("cv")


@thread(cpu=0)
def z() -> None:
    mutex_enter(locks.r)
    mutex_enter(m)
    cv_wait(cv, m)


@thread(cpu=0)
def y() -> None:
    mutex_enter(locks.q)
    mutex_enter(locks.r)


@thread(cpu=0)
def x() -> None:
    mutex_enter(locks.p)
    mutex_enter(locks.q)


@thread(cpu=0)
def w1() -> None:
    mutex_enter(locks.p)


@thread(cpu=1)
def w2() -> None:
    mutex_enter(locks.q)
