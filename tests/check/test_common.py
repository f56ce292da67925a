"""One small load for every kernel as it is: two devices on two CPUs, and a lock between them."""

from pathlib import Path

import pytest

from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.scenario.build import build
from splx.scenario.designs import design, designs
from splx.scenario.load import load_scenario

TWO = Path(__file__).parent / "scenarios" / "two_devices.py"


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(TWO)


@pytest.mark.parametrize("name", designs())
def test_every_kernel_holds_under_two_devices_on_two_cpus(scenario, name):
    assert check(build(scenario, design(name), cpus=2), Bounds(fuse=True)).holds
