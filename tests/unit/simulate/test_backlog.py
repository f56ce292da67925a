"""Items that are popped and not done: however many they are, only a full ring drops one."""

import pytest

from splx.base.diagnostics import SplxError
from splx.simulate.result import Result
from splx.simulate.setup import Setup
from splx.stage.sizeclass import LEAST_ITEMS

US = 10**6


@pytest.fixture
def run(tmp_path):
    def write(text, time, **how):
        path = tmp_path / "it.py"
        path.write_text("from splx.scenario import *\n\n" + text)
        return Setup(str(path), machine="ideal", design="textbook", time=time * US, **how).run()

    return write


KEPT = """
nic = NIC("nic0", {arrivals}, ring=4, limit=3000)

@handler(nic, IPL_NET, defer=True)
def nic_intr() -> None:
    item = nic.pop()
    while item != 0:
        if item % 1000 != 0:
            nic.done(item)
        if item == 2999:
            nic.done(1000)
        item = nic.pop()
"""


@pytest.mark.parametrize(("arrivals", "late"), [("Periodic(us(1))", 1999), ("Poisson(mean=us(1))", None)])
def test_an_item_that_is_kept_for_long_keeps_nobody_out(run, arrivals, late):
    nic = run(KEPT.format(arrivals=arrivals), 9000).source("nic0")
    assert (nic.arrived, nic.dropped, nic.done, nic.pending) == (3000, 0, 2998, 2)
    if late is None:  # drawn: when it came is forgotten
        assert (nic.unmeasured, nic.finish.count, nic.finish.most) == (1, 2997, 0)
    else:  # its number says when it came
        assert (nic.unmeasured, nic.finish.count, nic.finish.most) == (0, 2998, late * US)


def test_what_is_not_timed_is_said_in_the_json_and_comes_back(run):
    result = run(KEPT.format(arrivals="Poisson(mean=us(1))"), 9000)
    assert result.to_json()["sources"][0]["unmeasured"] == 1
    assert Result.from_json(result.to_json()) == result


def test_a_thread_that_cannot_keep_up_loses_no_release(run):
    job = run("@periodic(us(1), deadline=us(5))\ndef job() -> None:\n    work(us(2))\n", 5999).source("job")
    assert job.arrived > 4 * LEAST_ITEMS
    # job n comes at n and is done at 2n + 2
    assert (job.arrived, job.dropped, job.done, job.unmeasured) == (6000, 0, 2999, 0)
    assert job.finish.most == (2 * 2998 + 2 - 2998) * US
    # on time: jobs 0 to 3; overdue by now: those that came before 5994, done or not
    assert (job.missed, job.late) == (5994 - 4, (5999 - 5 - 2999) * US)


DOUBLE = """
nic = NIC("nic0", Periodic(us(1)), limit=3000)

@handler(nic, IPL_NET, defer=True)
def nic_intr() -> None:
    item = nic.pop()
    nic.done(item)
    if item == 2000:
        nic.done(1)
"""


def test_what_is_done_twice_long_after_is_found(run):
    with pytest.raises(SplxError) as stop:
        run(DOUBLE, 3000)
    assert stop.value.diagnostics[0].span.line == 11
