"""Two CPUs use one word: without care, under a lock, meant so, handed over, only read, or one in a handler."""

from splx.scenario import *

HOW = Param("HOW", 0)


class Box(Struct):
    n: i64
    open_: i64 = atomic()
    ready: i64 = atomic()


box = Box()
lock = Mutex("lock", IPL_HIGH)
tick = Clock("tick", Periodic(ms(1)), cpu=0)


@thread(cpu=0)
def one() -> None:
    if HOW == 0:
        box.n = 1
    elif HOW == 1:
        with lock:
            box.n = 1
    elif HOW == 2:
        box.open_ = 1
    elif HOW == 3:
        box.n = 1
        box.ready = 1
    elif HOW == 4:
        assert box.n == 0


@thread(cpu=1)
def two() -> None:
    if HOW == 0:
        box.open_ = box.n
    elif HOW == 1:
        with lock:
            assert box.n <= 1
    elif HOW == 2:
        assert box.open_ <= 1
    elif HOW != 3 or box.ready == 1:
        assert box.n <= 1


@handler(tick, IPL_CLOCK)
def ticks() -> None:
    tick.ack()
    if HOW == 5:
        box.n = 1
