"""What a design wants of every scenario is refused where it is not given, and nowhere else."""

import pytest

from splx.base.diagnostics import SplxError
from splx.scenario import load_scenario
from splx.scenario.build.plan import make_plan
from splx.scenario.designs import design, designs
from splx.scenario.restrictions import restrictions

ASKED = """
from splx.scenario import *

TICKS = Param("ticks", 0)
{}
if TICKS:
    tick = Clock("tick", Never())

    @handler(tick, IPL_CLOCK, mpsafe=True)
    def tick_intr() -> None:
        hardclock()


@thread()
def user() -> None:
    work(us(1))
"""

SHARED = """
nic = NIC("nic", Never(), irq="line")
disk = Disk("disk", Never(), irq="line")


@handler(disk, {}, mpsafe=True)
def disk_intr() -> None:
    disk.pop()


@handler(nic, {}, mpsafe=True)
def nic_intr() -> None:
    nic.pop()
"""

FILTER = """
nic = NIC("nic", Never())


@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()
"""

BOUND = """
@thread(cpu=0)
def bound() -> None:
    work(us(1))
"""

LOCK = """
lock = Mutex("lock", IPL_NONE)


@thread()
def locker() -> None:
    with lock:
        work(us(1))
"""

#: What a scenario has -> the beginnings of the restrictions that are against it.
AGAINST = {
    SHARED.format("IPL_BIO", "IPL_NET"): ("all handlers of one line have", "all handlers of a line of an interrupt"),
    SHARED.format("IPL_BIO", "IPL_SERIAL"): ("all handlers of one line have", "all handlers of one line are below"),
    FILTER: ("handlers from IPL_BIO to IPL_VM are mpsafe",),
    BOUND: ("no thread is bound",),
    LOCK: ("every lock of threads has a ceiling",),
}
IDS = ("two levels", "two sides", "filter", "bound", "no ceiling")

#: With what an option takes away or adds.
OTHERS = (
    "netbsd-2006-deferred:family=threshold",
    "solaris:psm=apix",
    "freebsd:filter_at=bio",
    "doran-2006:line_at=bio",
    "doran-2006:threads=2",
    "textbook:queues=global",
    "textbook:lock=ceiling",
)
DESIGNS = {**designs(), **{name: design(name) for name in OTHERS}}


@pytest.mark.parametrize("asked", AGAINST, ids=IDS)
def test_what_a_design_wants_is_refused_where_it_is_not_given_and_nowhere_else(asked, tmp_path):
    file = tmp_path / "asks.py"
    file.write_text(ASKED.format(asked))
    said = {name for name, each in DESIGNS.items() if any(map(asked_for(AGAINST[asked]), restrictions(each)))}
    refusals = {name: refusals_of(str(file), each) for name, each in DESIGNS.items()}
    assert {name for name, codes in refusals.items() if codes} == said
    assert {code for codes in refusals.values() for code in codes} == {"S0303"}


def asked_for(beginnings):
    return lambda sentence: sentence.startswith(beginnings)


def refusals_of(file, each):
    """The codes of what is refused; with a clock, where the design wants one."""
    try:
        make_plan(load_scenario(file), each, 1, 0)
    except SplxError as error:
        codes = {found.code for found in error.diagnostics}
        if codes != {"S0121"}:
            return codes
        make_plan(load_scenario(file, {"ticks": "1"}), each, 1, 0)
    return set()
