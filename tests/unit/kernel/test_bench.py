"""A bench leaves nothing behind."""

from tests.unit.kernel.threads import Threads, laters

from splx.kernel.interface import lines, sched
from splx.kernel.interface.levels import IPL_VM
from splx.lang.kernel import us

OF_ALL = (lines.intr, lines.soft, lines.softints, sched.sched, sched.turnstiles, sched.sleepqs, laters)


def handles(arg: int) -> None:
    return


def test_what_is_linked_after_a_bench_does_not_reach_what_the_bench_had():
    before = [dict(each.__dict__) for each in OF_ALL]
    bench = Threads()
    bench.line("nic", IPL_VM, handles, at=[us(1)])
    bench.softint(2, handles)
    bench.later("later", handles, at=us(2), prio=40)
    bench.build()
    assert handles in [each.tree.func for each in bench.image.functions]
    assert [dict(each.__dict__) for each in OF_ALL] == before
