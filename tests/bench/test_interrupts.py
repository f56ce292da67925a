"""What an interrupt costs is what the run with interrupts takes from the thread that the one without leaves it."""

from bench.interrupts import interrupts
from splx.base.units import UNITS


def test_an_interrupt_takes_what_its_instructions_and_accesses_cost():
    (found,) = interrupts(1, "linux", 10 * UNITS["ms"])
    assert found.count == 501
    assert found.instructions < 100
    assert 1000 < found.simulated < 2000  # a device register read is 800 ns, a trap 200
