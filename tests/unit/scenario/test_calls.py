"""What becomes of each call under each design: the table, cell by cell, held against what a driver's line is told."""

import pytest

from splx.base.diagnostics import SplxError
from splx.kernel.interface import driver
from splx.scenario import load_scenario
from splx.scenario.build import build
from splx.scenario.build.plan import Plan
from splx.scenario.build.refused import ENDS, check_refused
from splx.scenario.calls import CALLS, HEADS, How, answers
from splx.scenario.design import slots
from splx.scenario.designs import design, designs

#: Every call of the interface, each on a line of its own.
ALL = """from splx.scenario import *

m = Mutex("m")
r = RWLock("r")
cv = Condvar("cv")
p = Pool("p", 1)
card = NIC("card", Never())


@softint()
def soft() -> None:
    pass


@tasklet()
def small() -> None:
    pass


@poll()
def polled(budget: int) -> int:
    return 0


def late() -> None:
    pass


c = Callout(late)


def work_on(arg: int) -> None:
    pass


wq = Workqueue("wq", work_on)
wk = Work()


@thread()
def caller() -> None:
"""
ARGUMENTS = {
    **dict.fromkeys(["mutex_enter", "mutex_exit", "mutex_tryenter", "mutex_owned"], "m"),
    **dict.fromkeys(["rw_exit", "rw_downgrade", "rw_lock_held", "rw_write_held"], "r"),
    **dict.fromkeys(["rw_enter", "rw_tryenter"], "r, RW_READER"),
    **dict.fromkeys(["cv_signal", "cv_broadcast"], "cv"),
    **dict.fromkeys(["softint_schedule"], "soft"),
    **dict.fromkeys([each for each in HEADS if each.startswith("tasklet")], "small"),
    **dict.fromkeys(["napi_schedule", "napi_complete"], "polled"),
    "softint_schedule_cpu": "soft, 0",
    **dict.fromkeys(["close_gate", "open_gate"], "card"),
    "sleep_gate": "card, cv",
    "sleep_gate_deadline": "card, cv, 1",
    "wakeup_gate": "cv",
    "callout_schedule": "c, 1",
    "callout_stop": "c",
    "callout_halt": "c, m",
    "cv_wait": "cv, m",
    "cv_timedwait": "cv, m, 1",
    "kpause": "1",
    "splraise": "IPL_NET",
    "splx": "0",
    "workqueue_enqueue": "wq, wk, 0",
    "pool_get": "p, PR_WAITOK",
    "pool_put": "p, 1",
    "kmem_zero": "1, us(1)",
    "interrupt_distribute": "card, 0",
    "intr_disestablish": "card",
    **dict.fromkeys([each for each in HEADS if each.endswith(("able_irq", "_nosync")) and "irq" in each], "card"),
}
NAMES = list(HEADS)


@pytest.fixture(scope="module")
def every(tmp_path_factory):
    """The scenario, and the line of each call."""
    first = ALL.count("\n") + 1
    text = ALL + "".join(f"    {name}({ARGUMENTS.get(name, '')})\n" for name in NAMES)
    file = tmp_path_factory.mktemp("calls") / "every.py"
    file.write_text(text)
    return load_scenario(file), {name: first + number for number, name in enumerate(NAMES)}


def test_the_table_is_of_all_that_a_driver_may_call():
    functions = {name for name in driver.__all__ if callable(getattr(driver, name)) and name[0].islower()}
    assert functions == set(HEADS)


@pytest.mark.parametrize("name", [*designs(), "linux-rt:bh=none", "qnx:attach=isr", "solaris:psm=apix"])
def test_each_cell_is_what_the_line_is_told(every, name):
    scenario, lines = every
    made, plan = design(name), None
    cells = dict(answers(made))
    assert list(cells) == list(CALLS)
    assert all(len(each.why) > 8 for each in cells.values())
    plan = Plan(scenario, made, 1, 0)
    check_refused(plan)
    refused = {each.span.line: each for each in plan.problems.diagnostics}
    warned = {each.span.line: each for each in plan.warnings}
    bodies = made.bodies()
    for call, line in lines.items():
        cell = cells[HEADS[call]]
        told = refused.get(line, warned.get(line))
        if cell.how is How.REFUSED and call not in ENDS:
            assert (told.code, told.help) == ("S0303", cell.why), call
            assert told.message == f"`{made.name}` cannot honour `{call}`"
        elif cell.how is How.INSTEAD and call == HEADS[call]:
            assert (told.code, told.help) == ("W0302", cell.why), call
        else:
            assert told is None, call
        assert cell.how is How.REFUSED or call not in slots() or call in bodies, f"nothing to link for {call}"


#: What is declared for a call, in `ALL`.
DECLARED = {
    "rw_enter": 'r = RWLock("r")\n',
    "tasklet_schedule": "@tasklet()\ndef small() -> None:\n    pass\n",
    "callout_schedule": "c = Callout(late)\n",
}
TICKS = """clock = Clock("clock", Periodic(ms(1)))


@handler(clock, IPL_CLOCK, mpsafe=True)
def tick() -> None:
    clock.ack()
    hardclock()


@thread()
def caller"""


@pytest.mark.parametrize("name", designs())
def test_what_is_not_refused_can_be_linked(tmp_path, name):
    made = design(name)
    refused = {call for call, cell in answers(made) if cell.how is How.REFUSED}
    text = ALL if "hardclock" in refused else ALL.replace("@thread()\ndef caller", TICKS)
    for call in refused & DECLARED.keys():
        text = text.replace(DECLARED[call], "")
    called = [each for each in NAMES if HEADS[each] not in refused and each != "hardclock"]
    text += "".join(f"    {each}({ARGUMENTS.get(each, '')})\n" for each in called)
    (tmp_path / "others.py").write_text(text)
    told = {each.message.split("`")[1] for each in build(load_scenario(tmp_path / "others.py"), made).warnings}
    assert told == {call for call, cell in answers(made) if cell.how is How.INSTEAD}


OLD = """from splx.scenario import *

nic = NIC("nic", Periodic(us(100)))
{optional}
@handler(nic, IPL_NET)
def nic_intr() -> None:
    nic.pop()

def enter() -> int:
    kernel_lock()
    return splnet()

@thread()
def reader() -> None:
    while True:
        s = enter()
        splx(s)
        kernel_unlock()
        kernel_lock()
        kernel_unlock()
        yield_()
"""


def old(tmp_path, optional=""):
    (tmp_path / "old.py").write_text(OLD.format(optional=optional))
    return tmp_path / "old.py"


def test_every_call_that_is_refused_is_told_and_how_to_do_without(tmp_path):
    with pytest.raises(SplxError) as error:
        build(load_scenario(old(tmp_path)), design("linux"))
    told = error.value.diagnostics
    assert [(each.code, each.span.line) for each in told] == [("S0303", 10), ("S0303", 19)]
    assert "`optional(kernel_lock)` in the scenario" in told[0].notes[0]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("netbsd-2006", []),
        ("freebsd", [(11, "splnet")]),
        ("solaris", [(10, "kernel_lock")]),
        ("sel4", [(10, "kernel_lock"), (11, "splnet")]),
    ],
)
def test_what_is_optional_is_told_once_and_goes_on(tmp_path, name, told):
    scenario = load_scenario(old(tmp_path, "optional(kernel_lock, splnet)"))
    warnings = build(scenario, design(name)).warnings
    assert [(each.span.line, each.message.split("`")[1]) for each in warnings] == told
    assert {each.code for each in warnings} <= {"W0302"}


def test_optional_is_only_what_a_kernel_has(tmp_path):
    with pytest.raises(SplxError) as error:
        load_scenario(old(tmp_path, "optional(us)"))
    assert error.value.diagnostics[0].code == "S0109"
    assert error.value.diagnostics[0].span.line == 4
