"""A thread with two locks. Better ones come for each, the best last, and that one is served first."""

from splx.scenario import *


class Bed(Struct):
    up: i64 = guarded_by("gate")


one_bed, two_bed = Bed(), Bed()
gate = Mutex("gate")
one_woken = Condvar("one_woken")
two_woken = Condvar("two_woken")
first = Mutex("first")
second = Mutex("second")


@thread(priority=PRI_USER, cpu=0)
def owner() -> None:
    with first:
        with gate:
            one_bed.up = 1
            cv_signal(one_woken)
        with second, gate:
            two_bed.up = 1
            cv_signal(two_woken)


@thread(priority=PRI_USER_RT, cpu=0)
def one() -> None:
    with gate:
        while one_bed.up == 0:
            cv_wait(one_woken, gate)
    with first:
        pass


@thread(priority=PRI_USER_RT + 10, cpu=0)
def two() -> None:
    with gate:
        while two_bed.up == 0:
            cv_wait(two_woken, gate)
    with second:
        pass
