"""BH workqueues: what is taken off a list wherever it stands, what is asked for while it is disabled, and the limit."""

from splx.base.units import UNITS
from splx.simulate.setup import Setup


def run(tmp_path, text, us, cpus=2):
    (tmp_path / "driver.py").write_text("from splx.scenario import *\n" + text)
    return Setup(str(tmp_path / "driver.py"), "linux:tasklets=bh", "x86-2020", cpus=cpus, time=us * UNITS["us"]).run()


#: While the first of four runs on CPU 0 the others wait behind it, and CPU 1 takes them off the list: the one in the
#: middle, the last, and what is left.
LIST = """
nic = NIC("nic", Periodic(us(100)), cpu=0)
ran0, ran1, ran2, ran3 = (Statistic(each) for each in ("ran0", "ran1", "ran2", "ran3"))
never = Statistic("never")

class Box(Struct):
    inside: i64 = atomic()

box = Box()

@tasklet()
def t0() -> None:
    box.inside = 1
    work(us(20))
    box.inside = 0
    count(ran0, 1)

@tasklet()
def t1() -> None:
    count(ran1, 1)

@tasklet()
def t2() -> None:
    count(ran2, 1)

@tasklet()
def t3() -> None:
    count(ran3, 1)

@tasklet()
def unasked() -> None:
    count(never, 1)

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    nic.pop()
    tasklet_schedule(t0)
    tasklet_schedule(t1)
    tasklet_schedule(t2)
    tasklet_schedule(t3)

@thread(cpu=1)
def takes_off() -> None:
    tasklet_kill(unasked)
    tasklet_disable(unasked)
    for _ in range(4):
        while box.inside == 0:
            work(ns(100))
        tasklet_disable_nosync(t2)
        tasklet_disable_nosync(t3)
        tasklet_disable_nosync(t1)
        tasklet_disable(t2)
        tasklet_schedule(t1)
        tasklet_disable(t0)
        assert box.inside == 0, "it runs though it is disabled"
        work(us(5))
        UNDONE
        tasklet_enable(t0)
        while box.inside == 0:
            work(ns(100))
        tasklet_kill(t0)
        assert box.inside == 0, "it runs though it was waited for"
"""


def test_what_is_disabled_is_taken_off_the_list_wherever_it_stands_and_runs_once_it_is_enabled_as_often(tmp_path):
    undone = "\n        ".join(f"tasklet_enable({each})" for each in ("t1", "t2", "t2", "t3"))
    counts = run(tmp_path, LIST.replace("UNDONE", undone), 900).statistics
    assert [counts[f"ran{n}"] for n in range(4)] == [13, 9, 9, 9]
    assert counts["never"] == 0


def test_what_is_enabled_less_often_than_it_was_disabled_does_not_run(tmp_path):
    """The first time, and so never again."""
    counts = run(tmp_path, LIST.replace("UNDONE", "tasklet_enable(t2)").replace("range(4)", "range(1)"), 900).statistics
    assert [counts[f"ran{n}"] for n in range(1, 4)] == [0, 0, 0]


#: One that takes longer than a pass may, and one behind it.
LONG = """
nic = NIC("nic", Periodic(ms(100), offset=ms(1)), cpu=0)
clock = NIC("clock", Periodic(ms(100), offset=ms(2)), cpu=0)
behind = Statistic("behind")

class Box(Struct):
    soft: i64 = atomic()

box = Box()

@tasklet()
def long() -> None:
    box.soft = 1
    work(ms(3))

@tasklet()
def short() -> None:
    assert box.soft == 2, "it does not wait for another pass"
    count(behind, 1)

@softint(IPL_SOFTCLOCK)
def before() -> None:
    box.soft = 2

@handler(nic, IPL_NET, mpsafe=True)
def intr() -> None:
    nic.pop()
    tasklet_schedule(long)
    tasklet_schedule(short)

@handler(clock, IPL_NET, mpsafe=True)
def meanwhile() -> None:
    clock.pop()
    softint_schedule(before)
"""


def test_a_pass_ends_when_its_time_is_over_and_what_waits_is_for_the_next(tmp_path):
    """Soft work of a class that comes first, asked for meanwhile, runs between the two."""
    assert run(tmp_path, LONG, 6_000).statistics["behind"] == 1


#: Three CPUs want one at the same time, to ask for it and to have it disabled.
WANTED = """
ran = Statistic("ran")

class Box(Struct):
    off: Array[i64] = array(2)
    inside: i64 = atomic()

box = Box()

@tasklet()
def wanted() -> None:
    assert box.inside == 0, "it runs twice"
    assert box.off[0] == 0 and box.off[1] == 0, "it runs though it is disabled"
    box.inside = 1
    work(ns(500))
    box.inside = 0
    count(ran, 1)

PAUSE = Uniform(ns(50), us(2))

def disables(n: int) -> None:
    while True:
        tasklet_disable(wanted)
        box.off[n] = 1
        work(PAUSE)
        box.off[n] = 0
        tasklet_enable(wanted)
        work(PAUSE)

@thread(cpu=0)
def asks() -> None:
    while True:
        tasklet_schedule(wanted)
        work(PAUSE)

for n in range(2):
    thread(f"disables{n}", cpu=n + 1, arg=n)(disables)
"""


def test_it_runs_once_at_a_time_and_never_while_somebody_has_it_disabled(tmp_path):
    assert run(tmp_path, WANTED, 3_000, cpus=3).statistics["ran"] > 100
