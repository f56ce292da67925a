"""Devices on one line: level-triggered, one chain of handlers, each asks its own device; accounts stay apart."""

import pytest

from splx.base.diagnostics import SplxError
from splx.simulate.setup import Setup

US = 10**6
ALL = ("netbsd-2006", "netbsd-2006-deferred", "doran-2006", "netbsd-5", "textbook")
HEAD = "from splx.scenario import *\n\n"
TWO = (
    HEAD
    + """
nic = NIC("nic0", Periodic(us(100)), irq="pci0")
disk = NIC("disk0", Periodic(us(100), us({behind})), irq="pci0")

@handler(nic, {nic})
def nic_intr() -> None:
    item = nic.pop()
    while item != 0:
        work(us(3))
        item = nic.pop()

@handler(disk, {disk})
def disk_intr() -> None:
    item = disk.pop()
    while item != 0:
        work(us(5))
        item = disk.pop()
"""
)


@pytest.fixture
def run(tmp_path):
    def write(text, time=999, machine="ideal", **how):
        path = tmp_path / "it.py"
        path.write_text(text)
        return Setup(str(path), machine=machine, time=time * US, **how).run()

    return write


def two(behind, nic="IPL_NET", disk="IPL_NET"):
    return TWO.format(behind=behind, nic=nic, disk=disk)


@pytest.mark.parametrize("design", ALL)
def test_each_device_has_its_own_account(run, design):
    """Far apart, an interrupt is one device's: the other handler asks, and returns."""
    result = run(two(behind=50), design=design)
    nic, disk = result.source("nic0"), result.source("disk0")
    assert (nic.arrived, nic.done, nic.irqs, nic.finish.most) == (10, 10, 10, 3 * US)
    assert (disk.arrived, disk.done, disk.irqs, disk.finish.most) == (10, 10, 10, 5 * US)


@pytest.mark.parametrize("design", ALL)
def test_one_interrupt_serves_both(run, design):
    """At one instant: one interrupt, the handlers one after the other in the order of the file."""
    result = run(two(behind=0), design=design)
    nic, disk = result.source("nic0"), result.source("disk0")
    assert (nic.done, nic.start.most, nic.finish.most) == (10, 0, 3 * US)
    assert (disk.done, disk.start.most, disk.finish.most) == (10, 3 * US, 8 * US)
    assert (nic.irqs, disk.irqs) == (10, 10)


@pytest.mark.parametrize("design", ALL)
@pytest.mark.parametrize("machine", ["x86-2020", "i486-8259"])
def test_a_device_that_asserts_while_the_line_is_served_is_served_in_the_end(run, design, machine):
    """The disk comes when its handler has already looked, 7 us into 8: the line stays up, and interrupts again."""
    result = run(two(behind=7).replace("us(3)", "us(8)"), design=design, machine=machine)
    disk = result.source("disk0")
    assert (disk.dropped, disk.done) == (0, disk.arrived)


RAISED = """
@thread("t", cpu=0)
def t() -> None:
    work(us({lead}))
    s = splnet()
    work(us(20))
    splx(s)
"""


@pytest.mark.parametrize("design", ["netbsd-2006-deferred", "netbsd-5"])
@pytest.mark.parametrize(
    ("behind", "lead", "held"),
    [(50, 34, (0, 1)), (0, 80, (1, 1))],
    ids=["the disk alone asserts, at 50", "both assert, at 100"],
)
def test_what_is_held_is_an_interrupt_of_the_devices_that_assert(run, design, behind, lead, held):
    """The thread has raised the level at about 40, or 90; what its handlers took from it before comes on top."""
    result = run(two(behind=behind) + RAISED.format(lead=lead), design=design, time=140)
    assert tuple(result.source(name).held for name in ("nic0", "disk0")) == held


def test_a_line_whose_first_device_is_quiet_stays_up_for_the_second(run):
    """The nic is popped empty at 3 us; the wire does not fall, and the disk's own handler is enough to serve it."""
    text = two(behind=1).replace("@handler(disk, IPL_NET)", "@handler(disk, IPL_NET, mpsafe=True)")
    assert run(text, design="textbook").source("disk0").finish.most == 7 * US


def test_handlers_of_two_levels_under_a_level_in_memory(run):
    """The chain waits while its lowest level is shut, and the line with it: the disk, whose level is open, is 30 us
    late. Sharing inverts priorities.
    """
    text = (
        two(behind=50, nic="IPL_BIO", disk="IPL_NET")
        + """
@thread("guard")
def guard() -> None:
    s = splbio()
    work(us(80))
    splx(s)
"""
    )
    result = run(text, design="netbsd-2006-deferred")
    assert result.source("disk0").start.most == 30 * US
    assert (result.source("nic0").done, result.source("disk0").done) == (10, 10)


@pytest.mark.parametrize("engine", ["native", "plain"])
def test_both_engines_agree(run, engine):
    assert run(two(behind=1), machine="x86-2020", engine=engine) == run(two(behind=1), machine="x86-2020")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("us(50)), irq=", "us(50)), cpu=1, irq="), "device `disk0` is on CPU 1, and its line `pci0` goes to CPU 0"),
        (("us(50)), irq=", "us(50)), trigger=EDGE, irq="), "device `disk0` shares line `pci0`, and says an edge"),
    ],
    ids=["two CPUs", "an edge"],
)
def test_what_cannot_share(run, change, message):
    with pytest.raises(SplxError) as caught:
        run(two(behind=50).replace(*change), cpus=2)
    (only,) = caught.value.diagnostics
    assert (only.code, only.message) == ("S0115", message)


def test_a_line_has_room_for_eight(run):
    nine = HEAD + "".join(
        f"""
nic{n} = NIC("nic{n}", Periodic(us(100)), irq="pci0")

@handler(nic{n}, IPL_NET)
def intr{n}() -> None:
    nic{n}.pop()
"""
        for n in range(9)
    )
    with pytest.raises(SplxError) as caught:
        run(nine)
    assert caught.value.diagnostics[0].message == "9 devices share line `pci0`, and it has room for 8"


def test_two_levels_on_one_line_need_a_level_in_memory(run):
    with pytest.raises(SplxError) as caught:
        run(two(behind=50, nic="IPL_BIO"), design="netbsd-2006")
    assert caught.value.diagnostics[0].message.startswith("the handlers of `nic0` and `disk0` are at ")
