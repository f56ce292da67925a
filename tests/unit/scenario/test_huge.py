"""Numbers that nothing can be made of, and programs deeper than Python's stack: said at the user's own line."""

import pytest

from splx.base.diagnostics import SplxError
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario

HEAD = "from splx.scenario import *\n\n"
NIC = HEAD + "nic = NIC('nic0', Never(){how})\n"
DEEP = NIC.format(how="") + "\n@handler(nic, IPL_NET)\ndef nic_intr() -> None:\n    work({signs}1)\n"
STRUCT = NIC.format(how="") + "\nclass Ring(Struct):\n    slot: Array[i64] = array({n})\n\nring = Ring()\n"
USE = "\n@handler(nic, IPL_NET)\ndef nic_intr() -> None:\n    ring.slot[0] = 1\n"


def built(tmp_path, text):
    path = tmp_path / "huge.py"
    path.write_text(text)
    return build(load_scenario(path), design("netbsd-5"))


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (NIC.format(how=", ring=10**12"), "S0105", 3),
        (NIC.format(how=", cpu=64"), "S0106", 3),
        (NIC.format(how="") + "@thread(cpu=64)\ndef t() -> None:\n    pass\n", "S0106", 4),
        (NIC.format(how="") + "@thread(count=15_001)\ndef t() -> None:\n    pass\n", "S0105", 4),
        (HEAD + "def t(n: int) -> None:\n    pass\n\nfor n in range(15_001):\n    thread(f't{n}')(t)\n", "S0105", 7),
        (STRUCT.format(n=2**20 + 1) + USE, "L0404", 6),
        (DEEP.format(signs="-" * 500), "L0129", 5),
    ],
    ids=lambda it: it if isinstance(it, str) and len(it) == 5 else "",
)
def test_it_is_refused_at_the_line(tmp_path, text, code, line):
    with pytest.raises(SplxError) as stop:
        built(tmp_path, text)
    found = stop.value.diagnostics[0]
    assert (found.code, found.span.line) == (code, line)
    assert found.help


@pytest.mark.parametrize("times", ["0,99999999999999999999", "0,9e99", "-99999999999999999999,0"])
def test_a_recording_of_weeks_is_refused_at_its_line(tmp_path, times):
    (tmp_path / "long.csv").write_text("time_ns\n" + times.replace(",", "\n") + "\n")
    with pytest.raises(SplxError, match="S0107") as stop:
        built(tmp_path, HEAD + "nic = NIC('nic0', Recorded('long.csv'))\n")
    assert stop.value.diagnostics[0].span.file.endswith("long.csv")


def test_a_recording_slowed_down_to_weeks_is_refused(tmp_path):
    (tmp_path / "slow.csv").write_text("time_ns\n0\n1000\n")
    with pytest.raises(SplxError, match="more than 13 days"):
        built(tmp_path, HEAD + "nic = NIC('nic0', Recorded('slow.csv', speedup=1e-15))\n")


def test_a_file_that_python_itself_cannot_read_is_refused(tmp_path):
    with pytest.raises(SplxError, match=r"S0202.*nested too deeply"):
        built(tmp_path, DEEP.format(signs="-" * 20000))


def test_threads_may_be_many(tmp_path):
    system = built(tmp_path, HEAD + "def t() -> None:\n    yield_()\n\nfor n in range(500):\n    thread(f't{n}')(t)\n")
    assert len([name for name in system.sources if name.startswith("t")]) == 500


def test_the_greatest_that_can_be_is_taken(tmp_path):
    system = built(tmp_path, NIC.format(how=", ring=2**17"))
    assert system.devices[0].ring == 2**17
