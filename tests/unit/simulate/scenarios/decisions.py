"""One thread that decides: a loop, both sides of `and`, a call inlined, and what no run reaches."""

from splx.lang.kernel import inline
from splx.scenario import *


class Count(Struct):
    n: i64
    m: i64


count = Count()
quiet = NIC("quiet", Never(), cpu=0)
WIDE = False


@handler(quiet, IPL_NET, mpsafe=True)
def never() -> None:
    count.m = 1


@inline
def odd(n: int) -> bool:
    return n & 1 == 1


@thread(cpu=0)
def decide() -> None:
    while count.n < 2:
        count.n += 1
    if count.n == 2 and count.m == 7:
        count.m = 8
    if odd(count.n):
        count.m = 9
    if WIDE:
        count.m = 10
    assert count.n == 2 or count.m == 3
