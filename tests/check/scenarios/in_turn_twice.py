"""A lock of readers and writers for which two better threads wait, the better of them last."""

from splx.scenario import *


class Bed(Struct):
    up: i64 = guarded_by("gate")


bed = Bed()
gate = Mutex("gate")
woken = Condvar("woken")
wanted = RWLock("wanted")


def wait(up: int) -> None:
    with gate:
        while bed.up < up:
            cv_wait(woken, gate)


def wake() -> None:
    with gate:
        bed.up += 1
        cv_broadcast(woken)


@thread(priority=PRI_USER, cpu=0)
def owner() -> None:
    rw_enter(wanted, RW_WRITER)
    wake()
    yield_()
    wake()
    yield_()
    rw_exit(wanted)


@thread(priority=PRI_USER_RT, cpu=0)
def one() -> None:
    wait(1)
    rw_enter(wanted, RW_WRITER)
    rw_exit(wanted)


@thread(priority=PRI_USER_RT + 10, cpu=0)
def two() -> None:
    wait(2)
    rw_enter(wanted, RW_WRITER)
    rw_exit(wanted)
