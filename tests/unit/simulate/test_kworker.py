"""Worker pools: requests that sleep do not keep others waiting, and a stock that is used up does not either."""

from splx.base.units import UNITS
from splx.simulate.setup import Setup

DRIVER = """
from splx.scenario import *

ran = Statistic("ran")
nic = NIC("nic", Periodic(us(20)), ring=64, trigger=EDGE)
lock = Mutex("lock")
left = Condvar("left")
first, second, third = Work(), Work(), Work()

class Box(Struct):
    asleep: i64
    most: i64
    wanted: i64

box = Box()

def job(arg: int) -> None:
    with lock:
        if arg == 0:
            box.wanted = 0
            cv_broadcast(left)
        else:
            box.asleep += 1
            box.most = max(box.most, box.asleep)
            while box.wanted != 0:
                cv_wait(left, lock)
            box.asleep -= 1
            cv_broadcast(left)
    count(ran, 1)

queue = Workqueue("queue", job, cpu=0)

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    nic.pop()

@thread(cpu=1)
def user() -> None:
    while True:
        with lock:
            box.wanted = 1
        workqueue_enqueue(queue, first, 1)
        workqueue_enqueue(queue, second, 1)
        workqueue_enqueue(queue, third, 0)
        with lock:
            while box.wanted != 0 or box.asleep != 0:
                cv_wait(left, lock)
        work(us(30))
"""


def test_requests_that_wait_for_the_last_of_them_are_no_deadlock(tmp_path):
    (tmp_path / "driver.py").write_text(DRIVER)
    setup = Setup(str(tmp_path / "driver.py"), "linux:workqueue=pools", "x86-2020", cpus=2, time=UNITS["ms"])
    assert setup.run().statistics["ran"] > 60
