"""Ways through the kernels that ordinary loads seldom take: starts in any order, soft work asked for twice, and equals
that wait for one lock.
"""

import pytest

from splx.base.units import UNITS
from splx.scenario.build.wiring import ANY
from splx.simulate.setup import Setup

STARTS = """
from splx.scenario import *

class Turn(Struct):
    n: i64

turn = Turn()
order = Statistic("order")

def run(me: int) -> None:
    turn.n += 1
    count(order, me * turn.n)

for number, priority in enumerate((50, 40, 50, 30, 40, 50)):
    thread(f"t{number}", priority=priority, cpu=0, arg=10 ** number)(run)
"""


def orders(tmp_path, seeds):
    (tmp_path / "starts.py").write_text(STARTS)
    for seed in seeds:
        result = Setup(str(tmp_path / "starts.py"), machine="ideal", ties=ANY, seed=seed, time=UNITS["ms"]).run()
        digits = f"{int(result.statistics['order']):06}"[::-1]  # when thread n ran, by n
        yield tuple(int(each) for each in digits)


def test_equals_start_in_any_order_and_the_better_ones_first(tmp_path):
    found = set(orders(tmp_path, range(12)))
    assert len(found) > 3
    for order in found:
        assert sorted((order[0], order[2], order[5])) == [1, 2, 3]
        assert sorted((order[1], order[4])) == [4, 5]
        assert order[3] == 6


TWICE = """
from splx.scenario import *

nic = NIC("nic", Periodic(us(20), jitter=us(15)), ring=16)
ran = Statistic("ran")

@softint(IPL_SOFTCLOCK, mpsafe=True)
def timer() -> None:
    count(ran, 1)

@softint(IPL_SOFTCLOCK, mpsafe=True)
def other() -> None:
    count(ran, 1)

@softint(IPL_SOFTNET, mpsafe=True)
def net() -> None:
    if choose(8) != 0:
        softint_schedule(net)  # often more rounds than an interrupt goes

@handler(nic, IPL_NET, mpsafe=True)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass
    softint_schedule(timer)
    softint_schedule(other)
    softint_schedule(timer)
    softint_schedule(net)

@thread(cpu=0, priority=10)
def user() -> None:
    while True:
        s = splsoftnet()
        work(us(3))
        splx(s)
        work(us(1))
"""


@pytest.mark.parametrize("design", ["linux:ksoftirqd=looks", "linux:ksoftirqd=waits", "linux-rt", "linux-threadirqs"])
def test_what_is_asked_for_again_before_it_has_run_runs_once(tmp_path, design):
    (tmp_path / "twice.py").write_text(TWICE)
    result = Setup(str(tmp_path / "twice.py"), design=design, machine="x86-2020", time=5 * UNITS["ms"]).run()
    nic = result.source("nic")
    assert nic.done >= nic.arrived - 2
    assert nic.irqs < result.statistics["ran"] <= 2 * nic.irqs


EQUALS = """
from splx.scenario import *

own = Mutex("own")
line = Mutex("line", IPL_NET)
ended = Statistic("ended")

def user(n: int) -> None:
    for _ in range(30):
        with own:
            work(us(1))
        with line:
            work(us(1))
        if choose(2) == 0:
            yield_()
        count(ended, 1)

for number in range(6):
    thread(f"u{number}", priority=(PRI_USER_RT + 1 if number < 3 else 20), cpu=number % 3, arg=number)(user)
"""


def test_equals_that_want_one_lock_all_get_it(tmp_path):
    (tmp_path / "equals.py").write_text(EQUALS)
    setup = Setup(str(tmp_path / "equals.py"), design="linux-rt", machine="x86-2020", cpus=3, time=20 * UNITS["ms"])
    assert setup.run().statistics["ended"] == 180


JOB = """
from splx.scenario import *

done = Statistic("done")

@periodic(us(50), level=IPL_NET, deadline=us(50))
def job() -> None:
    work(us(5))
    count(done, 1)
"""


@pytest.mark.parametrize("design", ["freebsd", "linux-threadirqs", "qnx"])
def test_a_timer_below_the_clock_releases_its_job_from_a_thread(tmp_path, design):
    (tmp_path / "job.py").write_text(JOB)
    result = Setup(str(tmp_path / "job.py"), design=design, machine="x86-2020", time=UNITS["ms"]).run()
    assert result.statistics["done"] >= 19
    assert result.source("job").missed == 0
