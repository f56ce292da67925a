"""disable_irq: a line that is disabled costs its controller nothing unless it interrupts, and nothing is lost."""

import pytest

from splx.base.units import UNITS
from splx.simulate.setup import Setup

DRIVER = """
from splx.scenario import *

nic = NIC("nic", Periodic(us(20)), ring=8, trigger={trigger})

class Box(Struct):
    shut: i64 = atomic()

box = Box()

@handler(nic, {level}, mpsafe=True)
def intr() -> None:
    assert box.shut == 0, "it runs though its line is disabled"
    while nic.pop() != 0:
        work(us(1))

@thread(cpu=1)
def driver() -> None:
    while True:
        disable_irq(nic)
        box.shut = 1
        work(us(25))
        box.shut = 0
        enable_irq(nic)
        work(us(7))
"""


@pytest.mark.parametrize(
    ("design", "level", "trigger"),
    [
        ("linux", "IPL_NET", "EDGE"),
        ("linux:chip=level", "IPL_NET", "LEVEL"),
        ("linux-threadirqs", "IPL_NET", "EDGE"),
        ("linux-threadirqs", "IPL_CLOCK", "EDGE"),
        ("linux-rt", "IPL_NET", "EDGE"),
    ],
)
def test_nothing_is_lost_and_no_handler_runs_meanwhile(tmp_path, design, level, trigger):
    """From IPL_CLOCK on no handler is a thread."""
    (tmp_path / "driver.py").write_text(DRIVER.format(level=level, trigger=trigger))
    card = Setup(str(tmp_path / "driver.py"), design, "x86-2020", cpus=2, time=2 * UNITS["ms"]).run().source("nic")
    assert card.arrived >= 99
    assert card.done >= card.arrived - 2
    assert card.dropped == card.lost == 0
