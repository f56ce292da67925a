"""Which interrupts take the big lock of 2006, and what is let in while one spins for it."""

import pytest

from splx.base.diagnostics import SplxError
from splx.base.units import ms, us
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.validator import broken_rules
from splx.simulate import simulate

SERIAL = """
from splx.scenario import *

SAFE = Param("safe", 0)
com = NIC("com", Periodic(us(100), offset=us(10)), cpu=0)

@handler(com, IPL_SERIAL, mpsafe=SAFE != 0)
def com_intr() -> None:
    while com.pop() != 0:
        pass

@thread(cpu=1)
def holder() -> None:
    kernel_lock()
    work(us(60))
    kernel_unlock()
    while True:
        work(us(10))
"""

TWO = """
from splx.scenario import *

disk = Disk("disk", Periodic(us(100), offset=us(10)), cpu=0)
sound = NIC("sound", Periodic(us(100), offset=us(20)), cpu=0)

@handler(disk, IPL_BIO)
def disk_intr() -> None:
    while disk.pop() != 0:
        pass

@handler(sound, IPL_CLOCK)
def sound_intr() -> None:
    while sound.pop() != 0:
        pass

@thread(cpu=1)
def holder() -> None:
    kernel_lock()
    work(us(60))
    kernel_unlock()
    while True:
        work(us(10))
"""


def waits(tmp_path, text, name, source, **settings):
    """How long the first item of a device waits for its handler, in us."""
    (tmp_path / "system.py").write_text(text)
    system = build(load_scenario(str(tmp_path / "system.py"), settings), design(name), cpus=2)
    return simulate(system, "ideal", time=us(90), seed=1).source(source).start.most / us(1)


@pytest.mark.parametrize(
    ("name", "safe", "waited"),
    [
        ("netbsd-2006", "0", 0),
        ("netbsd-2006:entry=interrupted", "0", 50),
        ("netbsd-2006:entry=interrupted", "1", 0),
        ("netbsd-2006-deferred:entry=interrupted", "0", 50),
    ],
)
def test_the_older_rule_looks_at_what_was_interrupted_alone(tmp_path, name, safe, waited):
    assert waits(tmp_path, SERIAL, name, "com", safe=safe) == pytest.approx(waited, abs=0.5)


@pytest.mark.parametrize(
    ("name", "waited"),
    [
        ("netbsd-2006", 0),
        ("netbsd-2006:wait=shut", 40),
        ("netbsd-2006:wait=defer", 0),
        ("netbsd-2006:wait=forward", 0),
    ],
)
def test_who_spins_for_the_big_lock_lets_in_what_its_level_lets_in(tmp_path, name, waited):
    assert waits(tmp_path, TWO, name, "sound") == pytest.approx(waited, abs=0.5)


def test_a_kernel_that_shuts_all_out_while_it_spins_breaks_v7_and_says_so():
    shut = design("netbsd-2006:wait=shut")
    assert [each.name for each in broken_rules(shut)] == ["V6", "V7", "V10"]
    assert "V7" in shut.accepted
    assert "V7" not in design("netbsd-2006").accepted


MIXED = """
from splx.scenario import *

net = NIC("net", Periodic(ms(1), offset=us(10)), cpu=0)

class Box(Struct):
    held: i64 = atomic()

box = Box()

@handler(net, IPL_NET, mpsafe={first})
def first() -> None:
    net.pop()

@handler(net, IPL_NET, mpsafe={second})
def second() -> None:
    pass

@thread(cpu=1)
def old_code() -> None:
    kernel_lock()
    work(us(50))
    kernel_unlock()
"""


@pytest.mark.parametrize(("first", "second", "waited"), [(1, 1, 0), (0, 1, 40), (1, 0, 0)])
def test_by_the_third_rule_each_handler_that_is_not_mpsafe_waits_for_the_big_lock_by_itself(
    tmp_path, first, second, waited
):
    text = MIXED.format(first=bool(first), second=bool(second))
    assert waits(tmp_path, text, "netbsd-2006", "net") == pytest.approx(40, abs=0.5)
    assert waits(tmp_path, text, "netbsd-2006:entry=mpsafe", "net") == pytest.approx(waited, abs=0.5)


@pytest.mark.parametrize("name", ["netbsd-5", "freebsd"])
def test_where_the_rule_is_by_handler_one_starts_when_it_has_the_big_lock(tmp_path, name):
    assert waits(tmp_path, MIXED.format(first=False, second=True), name, "net") == pytest.approx(40, abs=0.5)


@pytest.mark.parametrize("wait", ["defer", "forward"])
def test_a_line_that_is_put_aside_whole_and_a_rule_by_handler_do_not_go_together(wait):
    with pytest.raises(SplxError, match=f"no `wait={wait}` with `entry=mpsafe`"):
        design(f"netbsd-2006:entry=mpsafe,wait={wait}")


PUT_OFF = """
from splx.scenario import *

KIND = Param("kind", "level")
nic = NIC("nic", Periodic(us(100), offset=us(10)), cpu=0, trigger=LEVEL if KIND == "level" else EDGE)
done = Statistic("done")

@handler(nic, IPL_BIO)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass

@thread(cpu=0)
def victim() -> None:
    while True:
        work(us(1))
        count(done, 1)

@thread(cpu=1)
def holder() -> None:
    kernel_lock()
    work(us(60))
    kernel_unlock()
    while True:
        work(us(10))
"""


@pytest.mark.parametrize(
    ("kind", "wait", "start", "lost"),
    [
        ("level", "open", 50, 50),
        ("level", "defer", 50, 0),
        ("edge", "defer", 50, 0),
        ("level", "forward", 0, 0),
        ("edge", "forward", 0, 0),
    ],
)
def test_what_an_interrupt_came_upon_goes_on_while_it_does_not_wait(tmp_path, kind, wait, start, lost):
    (tmp_path / "system.py").write_text(PUT_OFF)
    made = design(f"netbsd-2006:line=level,wait={wait}")
    system = build(load_scenario(str(tmp_path / "system.py"), {"kind": kind}), made, cpus=2)
    result = simulate(system, "ideal", time=us(90), seed=1)
    assert result.source("nic").start.most / us(1) == pytest.approx(start, abs=0.5)
    assert result.statistics["done"] == pytest.approx(90 - lost, abs=2)


OVER = """
from splx.scenario import *

SHUT = Param("shut", 0)
LEVELS = (IPL_BIO, IPL_NET, IPL_TTY, IPL_VM, IPL_AUDIO)
lines = [NIC(f"line{n}", Never(), cpu=0) for n in range(Param("lines", 1))]
nic = NIC("nic", Periodic(us(100), offset=us(10)), cpu=0)

def none_intr() -> None:
    pass

for n, each in enumerate(lines):
    handler(each, LEVELS[n])(none_intr)

@softint(IPL_SOFTCLOCK)
def clock() -> None:
    pass

@softint(IPL_SOFTNET)
def net() -> None:
    pass

@handler(nic, IPL_BIO)
def nic_intr() -> None:
    while nic.pop() != 0:
        pass

@thread(cpu=1)
def holder() -> None:
    kernel_lock()
    s = splraise(IPL_BIO if SHUT != 0 else IPL_NONE)
    work(us(60))
    splx(s)
    kernel_unlock()
    while True:
        work(us(10))
"""


@pytest.mark.parametrize(("shut", "start"), [("0", 0), ("1", 50)])
def test_the_owner_takes_what_it_is_handed_when_its_level_lets_it_in(tmp_path, shut, start):
    assert waits(tmp_path, OVER, "netbsd-2006:wait=forward", "nic", shut=shut) == pytest.approx(start, abs=0.5)


def test_there_is_a_vector_for_each_level_of_lines_that_are_handed_over_or_a_refusal(tmp_path):
    assert waits(tmp_path, OVER, "netbsd-2006:wait=forward", "nic", lines="4") == pytest.approx(0, abs=0.5)
    with pytest.raises(SplxError) as error:
        waits(tmp_path, OVER, "netbsd-2006:wait=forward", "nic", lines="5")
    (found,) = error.value.diagnostics
    assert found.code == "S0305"
    assert found.message == (
        "a CPU has 8 vectors, and 9 are wanted: for 5 levels of lines that are handed to the owner of the big lock, "
        "2 soft levels, preemption and the poke"
    )


BY_TURNS = """
from splx.scenario import *

one = NIC("one", Periodic(us(10), jitter=us(2)), cpu=0)
two = NIC("two", Periodic(us(10), jitter=us(2)), cpu=1)

@handler(one, IPL_BIO)
def one_intr() -> None:
    while one.pop() != 0:
        pass

@handler(two, IPL_BIO)
def two_intr() -> None:
    while two.pop() != 0:
        pass

def holder() -> None:
    while True:
        kernel_lock()
        work(us(1))
        kernel_unlock()

for n in range(3):
    thread(f"holder{n}", cpu=n)(holder)
"""


def test_what_is_handed_over_too_late_is_handed_on_and_not_lost(tmp_path):
    (tmp_path / "system.py").write_text(BY_TURNS)
    system = build(load_scenario(str(tmp_path / "system.py")), design("netbsd-2006:wait=forward"), cpus=3)
    result = simulate(system, "x86-2020", time=ms(5), seed=1)
    assert all(line.done >= line.arrived - 1 > 400 for line in result.sources[:2])
    assert result.statistics["ForwardCounts.forward_irq_misscnt"] > 0
