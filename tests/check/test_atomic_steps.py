"""A step that is atomic is one for whoever moves, and its stores wait as others do."""

from splx.check.bare import Start, bare
from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.lang.kernel import Struct, atomic, atomic_step, entry, i64, spin_while
from splx.machine.intrinsics import halt


class Door(Struct):
    owner: i64 = atomic()
    inside: i64 = atomic()


door = Door()


@atomic_step
def acquire(me: int) -> None:
    spin_while(door.owner != 0)
    door.owner = me + 1


@atomic_step
def come() -> None:
    door.inside += 1
    assert door.inside == 1, "two"


@atomic_step
def go() -> None:
    door.inside -= 1
    door.owner = 0


@entry
def visits(me: int) -> None:
    acquire(me)
    come()
    go()
    halt()


def found(*, tso):
    return check(bare("door", [Start(visits, cpu, cpu, f"t{cpu}") for cpu in range(2)]), Bounds(tso=tso))


def test_two_take_a_lock_in_one_step_each_while_the_store_of_the_first_still_waits():
    assert found(tso=False).finding is None
    verdict = found(tso=True)
    assert "those of atomic steps too" in verdict.assumptions[0]
    assert "two" in verdict.finding.why
