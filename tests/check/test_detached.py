"""intr_disestablish: a handler that is removed while interrupts come, under FreeBSD."""

from tests.check.systems import HERE, system

from splx.base.units import UNITS
from splx.check import codes
from splx.check.loading import Bounds
from splx.check.verdict import check
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.load import load_scenario
from splx.scenario.mutants import Edit, mutated
from splx.simulate.setup import Setup

FREEBSD = design("freebsd")


def detached(which=FREEBSD, **settings):
    scenario = load_scenario(HERE / "detached.py", {name: str(value) for name, value in settings.items()})
    return build(scenario, which, cpus=2)


def test_the_last_handler_of_a_line_leaves_it_masked_and_nobody_complains():
    assert check(detached(), Bounds(fuse=True)).holds


def test_a_line_stays_masked_for_ever_if_its_device_may_interrupt(tmp_path):
    loud = (HERE / "detached.py").read_text().replace("    tty.disable()\n", "")
    (tmp_path / "loud.py").write_text(loud)
    found = check(build(load_scenario(tmp_path / "loud.py"), FREEBSD, cpus=2), Bounds(fuse=True)).finding
    assert found.code == codes.MASKED


def test_the_thread_of_a_line_takes_the_handler_off():
    assert check(detached(FILTER=0), Bounds(fuse=True), only=("rules", "asleep", "races")).holds


def test_who_is_not_told_that_it_is_off_waits_for_ever(tmp_path):
    silent = (Edit("intr_disestablish", "    cv_broadcast(eventlocks.ie_cv[s.is_irq])\n", ""),)
    system = detached(which=mutated(FREEBSD, silent, tmp_path), FILTER=0)
    found = check(system, Bounds(fuse=True), only=("asleep",)).finding
    assert found.why.startswith("driver sleeps on tty and nobody can wake it")


#: Four devices on a line, whose handlers go at 1 ms: the third, the last but one, the first, the last. They go on.
RUN = """
from splx.scenario import *

PLACE = Param("PLACE", 0)
AT = Param("AT", 100)
first = Serial("first", Never(), trigger=LEVEL, irq="all", cpu=PLACE)
second = Serial("second", Periodic(us(100), offset=ns(AT)), trigger=LEVEL, irq="all", cpu=PLACE)
third = Serial("third", Never(), trigger=LEVEL, irq="all", cpu=PLACE)
fourth = Serial("fourth", Never(), trigger=LEVEL, irq="all", cpu=PLACE)

def intr(dev: Serial) -> None:
    while dev.pop() != 0:
        pass

for each in (first, second, third, fourth):
    handler(each, IPL_LEVEL, mpsafe=True, arg=each)(intr)

@thread(cpu=CPU)
def driver() -> None:
    interrupt_distribute(second, GOES)
    work(ms(1))
    intr_disestablish(third)
    intr_disestablish(fourth)
    intr_disestablish(first)
    intr_disestablish(second)
    MORE
"""


def removed(tmp_path, level, cpu=1, goes=0, more="pass", machine="x86-2020", **settings):
    text = RUN.replace("IPL_LEVEL", level).replace("CPU", str(cpu)).replace("GOES", str(goes)).replace("MORE", more)
    (tmp_path / "run.py").write_text(text)
    given = tuple((name, str(value)) for name, value in settings.items())
    setup = Setup(str(tmp_path / "run.py"), "freebsd", machine, time=3 * UNITS["ms"], settings=given)
    return setup.run()


def test_an_interrupt_that_comes_when_the_last_handler_has_just_gone_is_a_stray_and_the_last(tmp_path):
    result = removed(tmp_path, "IPL_SERIAL", AT=2270)
    assert result.statistics["StrayEvents.strays"] == 1
    assert result.source("second").irqs == result.source("second").done + 1


def test_an_interrupt_that_has_seen_the_last_handler_wakes_nobody_when_that_is_gone(tmp_path):
    """As the assertion of a debugging kernel, "bad stray interrupt", would say; it is not ours."""
    card = removed(tmp_path, "IPL_NET", cpu=2, goes=1, AT=20000).source("second")
    assert card.irqs > card.done
    assert card.done == 10


def at_rest(*, removed):
    return check(system("at_rest", "freebsd", REMOVED=int(removed)))


def test_what_is_left_at_a_device_that_is_disabled_and_has_no_handler_any_more_is_nobodys():
    assert at_rest(removed=True).holds


def test_what_is_left_at_a_device_that_is_disabled_and_has_its_handler_is_never_heard():
    found = at_rest(removed=False).finding
    assert (found.code, found.why.partition(",")[0]) == (codes.UNHEARD, "an item of card is never taken")
