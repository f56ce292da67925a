"""Calls that the kernel of a design's name does not have: told once, at the first line, with what happens instead."""

import pytest

from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design

OLD = """from splx.scenario import *

nic = NIC("nic", Periodic(us(100)))

@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()

def enter() -> int:
    kernel_lock()
    return splnet()

@thread()
def reader() -> None:
    while True:
        s = enter()
        splx(s)
        kernel_unlock()
        kernel_lock()
        kernel_unlock()
        yield_()
"""

NO_LOCK, NO_LEVELS = (10, "kernel_lock"), (11, "splnet")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("netbsd-2006", []),
        ("dragonfly", []),
        ("freebsd", [NO_LEVELS]),
        ("solaris", [NO_LOCK]),
        ("linux-threadirqs", [NO_LOCK, NO_LEVELS]),
        ("qnx", [NO_LOCK, NO_LEVELS]),
    ],
)
def test_it_is_told_where_and_what_happens_instead(tmp_path, name, told):
    (tmp_path / "old.py").write_text(OLD)
    warnings = build(load_scenario(tmp_path / "old.py"), design(name)).warnings
    assert {each.code for each in warnings} <= {"W0302"}
    assert [(each.span.line, each.message.split("`")[1]) for each in warnings] == told
    assert all(each.help.startswith("there ") for each in warnings)
