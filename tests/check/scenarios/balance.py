"""One gives, two take: what is taken was given before. Without care both takers see the same one."""

from splx.scenario import *

CAREFUL = Param("CAREFUL", 1)


class Box(Struct):
    given: i64 = atomic()
    taken: i64 = atomic()
    busy: i64 = atomic()


box = Box()
lock = Mutex("lock", IPL_HIGH)


@always
def kept() -> bool:
    return box.given >= box.taken


@thread(cpu=0)
def giver() -> None:
    box.given = 1
    take()


@thread(cpu=1)
def taker() -> None:
    take()


def take() -> None:
    if CAREFUL == 1:
        with lock:
            if box.taken < box.given:
                box.taken += 1
    elif box.taken < box.given:
        box.taken += 1
