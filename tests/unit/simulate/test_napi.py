"""napi(9): one driver under kernels of all kinds, budgets, and what a poll may not do."""

import pytest

from splx.base.diagnostics import SplxError
from splx.base.units import UNITS
from splx.simulate.setup import Setup

DRIVER = """
from splx.scenario import *

WEIGHT = Param("WEIGHT", 4)
MANY = Param("MANY", 12)
polls = Statistic("polls")
lock = Mutex("lock", IPL_SOFTNET)

class Card(Struct):
    nic: NIC
    napi: Napi
    seen: i64

def intr(c: Card) -> None:
    c.nic.disable()
    napi_schedule(c.napi)

def card_poll(c: Card, budget: int) -> int:
    n = 0
    while n < budget and c.nic.pop() != 0:
        work(us(1))
        n += 1
    count(polls, 1)
    with lock:
        c.seen += n
    if n < budget and napi_complete(c.napi):
        c.nic.enable()
    return n

def asks(c: Card) -> None:
    while True:
        work(us(20))
        napi_schedule(c.napi)

for number in range(2):
    nic = NIC(f"nic{number}", Bursts(MANY, 0, us(4) * MANY), ring=1024)
    card = Card(nic=nic)
    card.napi = Napi(card_poll, WEIGHT, name=f"poll{number}", arg=card, finishes=nic)
    handler(nic, IPL_NET, arg=card, mpsafe=True, defer=True)(intr)
    thread(f"asks{number}", arg=card, cpu=number)(asks)
"""

#: One for each way in which polls run.
WAYS = ("linux", "linux-napi-threaded", "linux-rt", "netbsd-5", "netbsd-2006", "freebsd", "windows")


def run(tmp_path, text, design="linux", machine="ideal", **settings):
    (tmp_path / "driver.py").write_text(text)
    chosen = tuple((name, str(value)) for name, value in settings.items())
    setup = Setup(str(tmp_path / "driver.py"), design=design, machine=machine, time=2 * UNITS["ms"], settings=chosen)
    return setup.run()


@pytest.mark.parametrize("design", WAYS)
def test_one_driver_however_polls_run(tmp_path, design):
    result = run(tmp_path, DRIVER, design, "x86-2020")
    for name in ("nic0", "nic1"):
        card = result.source(name)
        assert card.arrived >= 400
        assert card.dropped == 0
        assert card.done >= card.arrived - 12
        assert card.irqs < card.arrived / 8  # one for each burst


def test_a_budget_of_all_polls_ends_a_round(tmp_path):
    counts = [run(tmp_path, DRIVER, WEIGHT=weight, MANY=700).statistics for weight in (64, 300)]
    assert [each["SoftnetStat.time_squeeze"] > 0 for each in counts] == [False, True]


BAD = {
    "a poll took more than its budget": "return budget + 1",
    "napi_complete outside a poll": "napi_complete(card_poll)\n    napi_complete(card_poll)\n    return 0",
}

SMALL = """
from splx.scenario import *

nic = NIC("nic", Periodic(us(10)), limit=1)

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    nic.pop()
    napi_schedule(card_poll)

@poll()
def card_poll({head}) -> {result}:
    {body}
"""


@pytest.mark.parametrize("design", ["linux", "linux-napi-threaded", "netbsd-5"])
@pytest.mark.parametrize("says", BAD)
def test_what_a_poll_may_not_do(tmp_path, design, says):
    with pytest.raises(SplxError, match=says):
        run(tmp_path, SMALL.format(head="budget: int", result="int", body=BAD[says]), design)


@pytest.mark.parametrize(("head", "result", "body", "says"), [
    ("", "int", "return 0", "takes no arguments, and is called with a budget"),
    ("a: i64, b: i64, c: i64", "int", "return 0", "takes 3 arguments"),
])  # fmt: skip
def test_a_poll_takes_a_budget(tmp_path, head, result, body, says):
    with pytest.raises(SplxError, match=says):
        run(tmp_path, SMALL.format(head=head, result=result, body=body))


LONG = """
from splx.scenario import *

nic = NIC("nic", Bursts(8, 0, ms(1)))
taken = Statistic("taken")

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    nic.disable()
    napi_schedule(card_poll)
    napi_schedule(other_poll)
    napi_schedule(card_poll)

@poll(weight=2)
def card_poll(budget: int) -> int:
    n = 0
    while n < budget and nic.pop() != 0:
        work(ms(3))
        n += 1
    count(taken, n)
    if n < budget and napi_complete(card_poll):
        nic.enable()
    return n

@poll()
def other_poll(budget: int) -> int:
    napi_complete(other_poll)
    return 0
"""


@pytest.mark.parametrize("design", ["linux", "linux-napi-threaded", "netbsd-5"])
def test_time_ends_a_round_too_and_a_poll_need_finish_nothing(tmp_path, design):
    (tmp_path / "driver.py").write_text(LONG)
    setup = Setup(str(tmp_path / "driver.py"), design=design, machine="ideal", time=50 * UNITS["ms"])
    assert setup.run().statistics["taken"] >= 14


#: Two CPUs ask for one poll as fast as they can, while it says that it is through.
HAMMERED = """
from splx.scenario import *

polls = Statistic("polls")

def nothing(unused: int, budget: int) -> int:
    count(polls, 1)
    napi_complete(napi)
    return 0

napi = Napi(nothing, 4, name="poll")

@thread("one", cpu=0)
@thread("two", cpu=1)
@thread("three", cpu=2)
def asks(n: int) -> None:
    while True:
        napi_schedule(napi)
"""


@pytest.mark.parametrize("design", ["linux", "linux-napi-threaded", "netbsd-5"])
def test_asked_for_by_three_cpus_at_once(tmp_path, design):
    (tmp_path / "driver.py").write_text(HAMMERED)
    result = Setup(str(tmp_path / "driver.py"), design, "x86-2020", cpus=3, time=300 * UNITS["us"]).run()
    assert result.statistics["polls"] > 30
