"""D6: levels that are shut behind an interrupt thread that has blocked.

The thread of the card's level meets a lock that somebody has. As long as he has it, that level and all below it stay
shut on the card's CPU, and the disk, which has nothing to do with the lock, is not heard. The knob is the kernel:
levels stay shut under solaris; under freebsd there are none, and the disk's interrupt has a thread of its own, which
runs. With ASKS=1 the owner waits for that disk: what is no mistake but a bound becomes one without an end. Else he
sleeps with the lock until another disk has answered, and a run shows for how long the level is shut: HELD, and two
switches.

Source: illumos, usr/src/uts/common/disp/thread.c, thread_unpin, and usr/src/uts/i86pc/os/intr.c, set_base_spl.
"""

from splx.scenario import *

ASKS = Param("ASKS", 0)
HELD = Param("HELD", us(500))


class Box(Struct):
    heard: i64 = guarded_by("gate")  # the disk is
    answered: i64 = guarded_by("gate")  # the other one has


box = Box()
table = Mutex("table", IPL_NET)
gate = Mutex("gate", IPL_BIO)
news = Condvar("news")
card = NIC("card", Periodic(ms(1), us(10)), cpu=0, limit=1)
disk = Disk("disk", Periodic(ms(1), us(30)), cpu=0, limit=1, deadline=us(100))


@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    card.pop()
    with table:
        pass


@handler(disk, IPL_BIO, mpsafe=True)
def disk_intr() -> None:
    disk.pop()
    with gate:
        box.heard = 1
        cv_signal(news)


def asks() -> None:
    with table, gate:
        while box.heard == 0:
            cv_wait(news, gate)


def sleeps() -> None:
    with table, gate:
        other.submit()
        while box.answered == 0:
            cv_wait(news, gate)


if ASKS == 1:
    thread("owner", cpu=0)(asks)
else:
    other = Disk("other", ClosedLoop(Constant(HELD)), cpu=1)
    thread("owner", cpu=1)(sleeps)

    @handler(other, IPL_BIO, mpsafe=True)
    def other_intr() -> None:
        other.pop()
        with gate:
            box.answered = 1
            cv_signal(news)
