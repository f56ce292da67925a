"""Preemption points of seL4: how late an interrupt is that comes while the kernel clears memory; and that the call goes
on where it was.
"""

from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.simulate import simulate

LONG = """from splx.scenario import *

nic = NIC("nic", Periodic(us({every}), offset=us(3)))
cleared = Statistic("cleared")

@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass

@thread(priority=PRI_USER)
def maker() -> None:
    while True:
        kmem_zero(2000, ns(25))
        count(cleared, 1)
"""


def run(tmp_path, name, every=40):
    (tmp_path / "long.py").write_text(LONG.format(every=every))
    system = build(load_scenario(tmp_path / "long.py"), design(name))
    return simulate(system, "x86-2020", time=10**9)


def worst(result):
    """The longest time from an arrival to its handler's start, in ns."""
    return result.source("nic").start.most // 1000


def test_an_interrupt_waits_for_a_point_and_not_for_the_end(tmp_path):
    """The whole operation takes 50 us, a hundred pieces 2.5 us, two 50 ns."""
    never, hundred, two = (worst(run(tmp_path, f"sel4:points={points}")) for points in ("off", "100", "2"))
    assert never > 50_000
    assert two + 2_000 < hundred < two + 3_000
    assert two < 1_000 + worst(run(tmp_path, "netbsd-5"))  # where no operation of the kernel keeps interrupts out


def test_a_call_that_is_begun_again_goes_on_where_it_was(tmp_path):
    """Interrupts come more often than memory can be cleared from the beginning."""
    assert run(tmp_path, "sel4", every=20).statistics["cleared"] > 10
