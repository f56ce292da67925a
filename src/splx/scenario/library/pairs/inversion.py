"""Who has a lock is kept from running by a third thread, while a better one waits for the lock."""

from splx.scenario import *

timer = OneShot("never")
table = Mutex("table", IPL_NONE, ceiling=PRI_USER_RT + 3)


@handler(timer, IPL_CLOCK, mpsafe=True)
def timer_intr() -> None:
    timer.ack()


@thread(priority=PRI_USER_RT, cpu=0)
def low() -> None:
    with table:
        work(us(100))


@periodic(ms(1), us(20), priority=PRI_USER_RT + 2, cpu=0)
def middle() -> None:
    work(us(900))


@periodic(ms(1), us(10), priority=PRI_USER_RT + 3, cpu=0)
def high() -> None:
    with table:
        work(us(1))
