"""Store, then look at the other's word: under store buffers both can miss the other, unless a fence stands between."""

from splx.machine.intrinsics import fence, fetch_add
from splx.scenario import *

FENCE = Param("FENCE", 0)


class Flags(Struct):
    mine: i64 = atomic()


class Both(Struct):
    inside: i64 = atomic()


left, right, both = Flags(), Flags(), Both()


@thread(cpu=0)
def one() -> None:
    left.mine = 1
    if FENCE == 1:
        fence()
    if right.mine == 0:
        others = fetch_add(both.inside, 1)
        assert others == 0, "both are inside"


@thread(cpu=1)
def two() -> None:
    right.mine = 1
    if FENCE == 1:
        fence()
    if left.mine == 0:
        others = fetch_add(both.inside, 1)
        assert others == 0, "both are inside"
