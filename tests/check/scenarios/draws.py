"""Who draws again and again comes to everything that can be drawn: BOTH has it draw twice, each to come out as WANT."""

from splx.scenario import *

WANT = Param("WANT", 0)
BOTH = Param("BOTH", 0)


class Box(Struct):
    x: i64 = atomic()


box = Box()


@thread(cpu=0)
def one() -> None:
    box.x = 1
    done = False
    while not done:
        box.x = 1
        done = choose(2) == WANT
        if BOTH == 1:
            other = choose(2) == WANT
            done = done and other
