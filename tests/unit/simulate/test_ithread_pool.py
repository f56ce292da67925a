"""Several interrupt threads for each level: lines of one level whose handlers wait for locks, and a line of edges."""

import pytest

from splx.base.units import us
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.simulate import simulate

CARDS = """
from splx.scenario import *

THREADS = Param("threads", 1)
edge = NIC("edge", Periodic(us(20), jitter=us(15)), trigger=EDGE, ring=16)
card = NIC("card", Periodic(us(25), jitter=us(20)), ring=16)
other = NIC("other", Periodic(us(30), jitter=us(25)), ring=16)
clock = Clock("clock", Periodic(us(40)))
table = Mutex("table", IPL_NET)
most = Statistic("most at a time")

class Box(Struct):
    inside: i64
    of_edge: i64

box = Box()

def waits() -> None:
    box.inside += 1
    if box.inside == THREADS:
        count(most, 1)
    with table:
        work(us(1))
    box.inside -= 1

@handler(edge, IPL_NET, mpsafe=True)
def edge_intr() -> None:
    assert box.of_edge == 0
    box.of_edge = 1
    while edge.pop() != 0:
        pass
    waits()
    box.of_edge = 0

@handler(card, IPL_NET, mpsafe=True)
def card_intr() -> None:
    while card.pop() != 0:
        pass
    waits()

@handler(other, IPL_NET, mpsafe=True)
def other_intr() -> None:
    while other.pop() != 0:
        pass
    waits()

@handler(clock, IPL_CLOCK, mpsafe=True)
def clock_intr() -> None:
    clock.ack()

def user() -> None:
    while True:
        with table:
            work(us(15))
        work(us(20))

for cpu in range(2):
    thread(f"user{cpu}", cpu=cpu)(user)
"""


def run(tmp_path, threads, clamp):
    (tmp_path / "cards.py").write_text(CARDS)
    scenario = load_scenario(tmp_path / "cards.py", {"threads": str(threads)})
    chosen = design(f"doran-2006:threads={threads},clamp={clamp}")
    return simulate(build(scenario, chosen, cpus=2), "x86-2020", time=us(4000), seed=1)


@pytest.mark.parametrize(("threads", "clamp"), [(2, "on"), (2, "off")])
def test_as_many_handlers_of_a_level_wait_at_a_time_as_it_has_threads_and_nothing_is_lost(tmp_path, threads, clamp):
    made = run(tmp_path, threads, clamp)
    assert made.statistics["most at a time"] > 0
    for name in ("edge", "card", "other"):
        source = made.source(name)
        assert source.arrived > 100
        assert source.dropped == 0
        assert source.done >= source.arrived - 4
