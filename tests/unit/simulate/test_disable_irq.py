"""disable_irq: a line that is disabled costs its controller nothing unless it interrupts, and nothing is lost."""

import pytest

from splx.base.diagnostics import Findings
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


HELD = """
from splx.scenario import *

nic = NIC("nic", Periodic(ms(1)))
other = Mutex("other", IPL_NET)

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    nic.pop()

@thread(cpu=1)
def driver() -> None:
    with other:
        disable_irq(nic)
        enable_irq(nic)
"""


@pytest.mark.parametrize("design", ["linux", "linux-threadirqs", "linux-rt"])
def test_it_may_sleep_and_says_so_on_every_call_of_whoever_holds_a_spin_mutex(tmp_path, design):
    """No handler runs there, and no thread is waited for: it is refused all the same."""
    (tmp_path / "driver.py").write_text(HELD)
    with pytest.raises(Findings, match="BUG: sleeping function called from invalid context"):
        Setup(str(tmp_path / "driver.py"), design, "x86-2020", cpus=2, time=100 * UNITS["us"]).run()
