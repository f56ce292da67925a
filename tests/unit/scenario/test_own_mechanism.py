"""A user's scheduler and a user's mutex: the kernel does something else, on the same machine."""

import hashlib
import json
from importlib.resources import files
from pathlib import Path

import pytest

from splx.base.units import ms, us
from splx.cli.main import run
from splx.scenario import Mutex, Scenario, mutex_enter, mutex_exit, periodic, thread, work
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_module
from splx.simulate import simulate

#: Every priority is the same: first come, first served, and nobody is preempted.
SCHED = """
from splx.kernel.interface.lwp import LW_IDLE, Lwp
from splx.lang.kernel import inline


@inline
def lwp_eprio(l: Lwp) -> int:
    return -1 if l.l_flag & LW_IDLE != 0 else 100
"""

#: A lock that is free is taken a microsecond late.
MUTEX = """
from splx.kernel.interface.locks import Mutex
from splx.kernel.interface.lwp import ci
from splx.lang.kernel import addr, spin_while, us
from splx.machine.intrinsics import cas, work


def mutex_sleep_enter(m: Mutex) -> None:
    work(us(1))
    while not cas(m.word, 0, addr(ci.curlwp)):
        spin_while(m.word != 0)


def mutex_sleep_exit(m: Mutex) -> None:
    m.word = 0
"""

LONG, SHORT = us(400), us(10)


def long() -> None:
    work(LONG)


def short() -> None:
    work(SHORT)


def worst(scenario, name, *mechanisms):
    chosen = design(name)
    for each in mechanisms:
        chosen = chosen.replace(load_module(each, "mechanism"))
    result = simulate(build(scenario, chosen), "ideal", time=ms(10))
    return {each.name: each.finish.most for each in result.sources if each.finish}


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


@pytest.fixture
def machine():
    """What the machine is, before and after."""

    def text():
        folder = Path(str(files("splx.machine")))
        return hashlib.sha256(b"".join(each.read_bytes() for each in sorted(folder.glob("*.py")))).hexdigest()

    before = text()
    yield
    assert text() == before


@pytest.mark.usefixtures("machine")
def test_a_users_scheduler_takes_the_place_of_ours(write):
    with Scenario("two") as scenario:
        periodic(ms(1), priority=10, name="long")(long)
        periodic(ms(1), us(100), priority=20, name="short")(short)
    assert worst(scenario, "textbook") == {"long": LONG + SHORT, "short": SHORT}
    mine = worst(scenario, "textbook", write("sched.py", SCHED))
    assert mine == {"long": LONG, "short": LONG - us(100) + SHORT}


@pytest.mark.usefixtures("machine")
def test_a_users_mutex_takes_the_place_of_ours(write):
    with Scenario("locking") as scenario:
        globals()["LOCK"] = Mutex("lock")
        periodic(ms(1), name="job")(locking)
        thread("other")(short)
    assert worst(scenario, "netbsd-5") == {"job": 3 * SHORT}
    assert worst(scenario, "netbsd-5", write("mutex.py", MUTEX)) == {"job": 3 * SHORT + us(1)}


LOCK: Mutex = None


def locking() -> None:
    work(SHORT)
    mutex_enter(LOCK)
    work(SHORT)
    mutex_exit(LOCK)


# ---- the same from the command line, each file named by --mechanism

TWO = """
from splx.scenario import *

lock = Mutex("lock")
LONG, SHORT = Constant(us(400)), Constant(us(10))


@periodic(ms(1), priority=10)
def long() -> None:
    work(LONG)


@periodic(ms(1), us(100), priority=20)
def short() -> None:
    mutex_enter(lock)
    work(SHORT)
    mutex_exit(lock)
"""


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("mechanisms", "long", "short"),
    [
        ((), LONG + SHORT, SHORT),
        (("sched",), LONG, LONG - us(100) + SHORT),
        (("mutex",), LONG + SHORT + us(1), SHORT + us(1)),
        (("sched", "mutex"), LONG, LONG - us(100) + SHORT + us(1)),
    ],
)
def test_both_on_the_command_line(write, capsys, mechanisms, long, short):
    files = {"sched": write("sched.py", SCHED), "mutex": write("mutex.py", MUTEX)}
    words = ["run", str(write("two.py", TWO)), "--design", "textbook", "--machine", "ideal", "--time", "10ms", "--json"]
    assert run([*words, *(f"--mechanism={files[each]}" for each in mechanisms)]) == 0
    sources = {each["name"]: each for each in json.loads(capsys.readouterr().out)["sources"]}
    assert {name: sources[name]["finish"]["most_ps"] for name in ("long", "short")} == {"long": long, "short": short}
