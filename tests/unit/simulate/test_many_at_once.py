"""Very many arrivals at one instant: the host looks in between them, and nothing of the run depends on it."""

import pytest

from splx.machine.run import EVENTS_AT_ONCE
from splx.simulate.setup import Setup

US = 10**6

TEXT = """from splx.scenario import *

nic = NIC("nic0", Bursts({items}, 0, us(100)), ring=4, trigger=EDGE)

@handler(nic, IPL_NET)
def nic_intr() -> None:
    work(us(1))
    while nic.pop() != 0:
        work(us(1))
"""


@pytest.mark.parametrize("items", [10, 2 * EVENTS_AT_ONCE + 100])
def test_the_host_looks_in_between_the_arrivals_of_one_instant(tmp_path, items):
    path = tmp_path / "burst.py"
    path.write_text(TEXT.format(items=items))
    seen, traced = [], []
    run = Setup(str(path), machine="ideal", design="textbook", time=90 * US).run(
        progress=lambda now, _: seen.append(now), trace=lambda records: traced.append(len(records))
    )
    nic = run.source("nic0")
    assert (nic.arrived, nic.dropped, nic.done, nic.irqs) == (items, items - 4, 4, 1)
    assert nic.finish.most == 5 * US
    assert seen.count(0) == items // EVENTS_AT_ONCE
    assert sum(traced) >= 5 * items
