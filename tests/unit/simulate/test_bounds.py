"""An index outside its array, in code of the user's: found where it is used, before it writes over anything else."""

import pytest

from splx.base.diagnostics import Findings
from splx.scenario.designs import designs
from splx.simulate.setup import Setup

TEXT = """from splx.scenario import *

nic = NIC("nic0", Periodic(us(1)), limit=9)

class Ring(Struct):
    slot: Array[i64] = array(4)

ring = Ring()

@handler(nic, IPL_NET)
def nic_intr() -> None:
    item = nic.pop()
    ring.slot[{index}] = item
"""


def run(tmp_path, index, design):
    path = tmp_path / "it.py"
    path.write_text(TEXT.format(index=index))
    return Setup(str(path), machine="ideal", design=design, time=20 * 10**6).run()


@pytest.mark.parametrize("design", sorted(designs()))
@pytest.mark.parametrize(("index", "at"), [("item", "3 us"), ("3 - item", "3 us"), ("item + 100", "0 s")])
def test_it_is_found_at_the_line_of_the_index(tmp_path, index, at, design):
    with pytest.raises(Findings) as stop:
        run(tmp_path, index, design)
    found = stop.value.diagnostics[0]
    assert (found.code, found.message) == ("K0001", "an index outside an array of 4")
    assert (found.span.line, found.notes[0].split(",")[0]) == (13, f"on CPU 0 at {at}")


def test_what_is_inside_is_not(tmp_path):
    assert run(tmp_path, "(item - 1) % 4", "textbook").source("nic0").done == 9
    assert run(tmp_path, "min(item, 3)", "textbook").source("nic0").done == 9
