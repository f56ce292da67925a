"""A step that breaks a rule has stored before what no other CPU looks at. SAID: and a property does."""

from splx.scenario import *

SAID = Param("SAID", 0)


class Box(Struct):
    y: i64 = atomic()
    z: i64 = atomic()
    n: i64 = atomic()


box = Box()


@never
def it_is_set() -> bool:
    return SAID == 1 and box.n == 1


def says_it() -> None:
    if SAID == 1:
        box.n = 1


@thread(cpu=0)
def one() -> None:
    n = box.y
    box.z = 1
    says_it()
    assert n == 0


@thread(cpu=1)
def two() -> None:
    box.y = 1
