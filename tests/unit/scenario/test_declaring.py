"""Declarations: what a scenario holds after them, and what they hand to kernel code."""

import sys
from pathlib import Path

import pytest

from splx.base.diagnostics import SplxError
from splx.kernel.interface import lines, locks, sync
from splx.lang.front.frontend import Dialect, front
from splx.scenario import (
    IPL_BIO,
    IPL_CLOCK,
    IPL_NET,
    IPL_SOFTNET,
    NIC,
    PRI_KTHREAD,
    PRI_USER_RT,
    Clock,
    Condvar,
    Constant,
    Disk,
    Mutex,
    Never,
    Periodic,
    Pool,
    Scenario,
    Serial,
    Softint,
    Statistic,
    Work,
    Workqueue,
    handler,
    load_scenario,
    ms,
    periodic,
    softint,
    softint_schedule,
    thread,
    us,
    work,
)
from splx.scenario.build import build
from splx.scenario.designs import design
from splx.scenario.devices import EDGE, LEVEL
from splx.scenario.sharing import shared


def plain() -> None:
    work(us(1))


def numbered(n: int) -> None:
    work(n)


@pytest.fixture
def scenario():
    with Scenario("test") as made:
        yield made


def codes(error):
    return [each.code for each in error.value.diagnostics]


# ---- devices


def test_devices_are_numbered_in_the_order_of_declaration(scenario):
    made = [NIC("a", Never()), Disk("b", Never()), Clock("c", Never())]
    assert scenario.devices == made
    assert [each.number for each in made] == [0, 1, 2]


def test_each_kind_of_device_has_its_usual_ring_and_trigger(scenario):
    rings = {cls.__name__: (cls(cls.__name__, Never()).ring, cls.default_trigger) for cls in (NIC, Disk, Clock, Serial)}
    assert rings == {"NIC": (256, LEVEL), "Disk": (64, LEVEL), "Clock": (1, EDGE), "Serial": (16, LEVEL)}


def test_a_clock_is_emptied_by_its_acknowledgement_and_nothing_else_is(scenario):
    assert Clock("c", Never()).auto
    assert not NIC("n", Never()).auto


def test_the_draws_of_a_device_depend_on_its_name_alone(scenario):
    key = NIC("wm0", Never()).key
    with Scenario("other"):
        NIC("wm1", Never())
        assert NIC("wm0", Never(), ring=3).key == key
    assert 0 <= key < 1 << 56


# ---- code


def test_a_handler_without_a_parameter_is_one_that_does_not_look_at_it(scenario):
    handler(NIC("n", Never()), IPL_NET)(plain)
    body = scenario.handlers[0].func
    assert [str(each.type) for each in front(body, Dialect.KERNEL).params] == ["i64"]
    assert front(plain, Dialect.KERNEL).params == ()


def test_a_decorated_function_is_still_itself(scenario):
    assert thread("t")(plain) is plain
    assert handler(NIC("n", Never()), IPL_NET)(numbered) is numbered
    assert periodic(ms(1))(plain) is plain


def test_the_definition_of_a_softint_gives_the_softint(scenario):
    made = softint(IPL_SOFTNET)(plain)
    assert isinstance(made, lines.Softint)
    assert scenario.softints == [made]
    assert (made.about.name, made.about.level, made.si_mpsafe) == ("plain", "IPL_SOFTNET", 0)


def test_kernel_code_schedules_a_softint_by_the_name_of_its_function(scenario, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ip_input", softint(IPL_SOFTNET)(plain))
    front(schedules, Dialect.KERNEL)


ip_input: lines.Softint = None


def schedules() -> None:
    softint_schedule(ip_input)


def test_a_thread_is_called_with_its_number_unless_it_has_an_argument(scenario):
    thread("a", count=3)(numbered)
    thread("b", arg=7)(numbered)
    assert [(each.name, each.arg) for each in scenario.threads] == [("a/0", 0), ("a/1", 1), ("a/2", 2), ("b", 7)]


def test_a_thread_has_the_name_of_its_function_and_a_kernel_threads_priority(scenario):
    thread()(plain)
    assert (scenario.threads[0].name, scenario.threads[0].priority) == ("plain", PRI_KTHREAD)


def test_a_function_is_compiled_once_for_each_role(scenario):
    thread("a")(plain)
    thread("b")(plain)
    handler(NIC("n", Never()), IPL_NET)(plain)
    one, other = scenario.threads
    assert one.func is other.func is not scenario.handlers[0].func


def test_functions_can_be_shared_by_many_threads(scenario):
    for n in range(100):
        thread(f"t{n}", priority=n, arg=n)(numbered)
    scenario.check()
    assert [each.arg for each in scenario.threads] == list(range(100))


def test_a_periodic_thread_is_a_timer_its_handler_and_a_thread(scenario):
    periodic(ms(2), us(5), priority=PRI_USER_RT, cpu=3, deadline=ms(1), name="job")(plain)
    (timer,), (release,), (made,) = scenario.devices, scenario.handlers, scenario.threads
    assert (timer.name, timer.arrivals.period, timer.arrivals.offset, timer.cpu) == ("job", ms(2), us(5), 3)
    assert (release.device, release.level, release.mpsafe, release.defer) == (timer, "IPL_CLOCK", True, True)
    assert (made.name, made.priority, made.cpu, timer.deadline) == ("job.thread", PRI_USER_RT, 3, ms(1))
    assert made.job.jb_timer is timer


def test_a_workqueue_is_a_thread_with_a_lock(scenario):
    made = Workqueue("later", numbered, ipl=IPL_BIO, cpu=0)
    assert isinstance(made, sync.Workqueue)
    assert scenario.threads[0].workqueue is made
    assert [lock.about.level for lock in scenario.locks] == ["IPL_BIO"]
    assert isinstance(Work(), sync.Work)


# ---- objects


def test_locks_are_the_kernels_own_structs(scenario):
    assert isinstance(Mutex("m"), locks.Mutex)
    assert isinstance(Condvar("cv"), sync.KCondvar)
    assert isinstance(Pool("p", 3), sync.Pool)


def test_a_lock_remembers_the_level_it_was_declared_with(scenario):
    assert [Mutex("a").about.level, Mutex("b", IPL_CLOCK).about.level] == ["IPL_NONE", "IPL_CLOCK"]


def test_a_pool_brings_its_lock(scenario):
    made = Pool("mbufs", 12, IPL_NET)
    assert made.pr_free == 12
    assert scenario.locks == [made.pr_lock]


def test_pools_and_workqueues_hand_their_ceiling_to_their_lock(scenario):
    Pool("mbufs", 12, ceiling=200)
    Workqueue("later", numbered, ceiling=100)
    assert [lock.about.ceiling for lock in scenario.locks] == [200, 100]


def test_distributions_and_statistics_are_numbered(scenario):
    assert [Constant(us(1)).number, Constant(us(2)).number] == [0, 1]
    assert [Statistic("a").number, Statistic("b").number] == [0, 1]


# ---- mistakes


def test_every_mistake_is_gathered(scenario):
    NIC("n", Periodic(0), ring=0)
    thread("n", priority=999)(plain)
    with pytest.raises(SplxError) as error:
        scenario.check()
    assert codes(error) == ["S0101", "S0105", "S0110", "S0103"]


@pytest.mark.parametrize("declare", [
    lambda: handler(NIC("n", Never()), IPL_NET),
    lambda: thread("t"),
    lambda: periodic(ms(1)),
    lambda: softint(IPL_SOFTNET),
])  # fmt: skip
def test_a_declaration_outside_a_scenario_is_refused(declare):
    with pytest.raises(SplxError) as error:
        declare()
    assert codes(error) == ["S0108"]
    assert error.value.diagnostics[0].span.file == __file__


def test_what_is_made_outside_a_scenario_is_refused_at_once_when_wrong():
    with pytest.raises(SplxError) as error:
        Periodic(0)
    assert codes(error) == ["S0101"]


def test_the_argument_that_is_wrong_is_underlined(scenario):
    Periodic(
        ms(1),
        offset=-1,
    )
    (found,) = scenario.problems.diagnostics
    line = Path(__file__).read_text().splitlines()[found.span.line - 1]
    assert line[found.span.col : found.span.end_col] == "-1"


def test_scenarios_nest(scenario):
    with Scenario("inner") as inner:
        NIC("n", Never())
    assert (len(inner.devices), len(scenario.devices)) == (1, 0)


def test_a_softint_can_be_made_of_a_function_that_others_call(scenario):
    made = Softint(numbered, IPL_SOFTNET, name="late", arg=3, mpsafe=True)
    assert (made.si_func.__code__, made.si_arg, made.si_mpsafe) == (numbered.__code__, 3, 1)
    assert made.about.name == "late"


LOOP = """from splx.scenario import IPL_NET, NIC, Never, handler

for name in ("wm0", "wm1"):
    card = NIC(name, Never())

    @handler(card, IPL_NET{arg})
    def intr({parameter}) -> None:
        card.pop()
"""


def test_a_name_that_a_loop_gives_anew_is_refused_and_what_is_handed_over_is_not(tmp_path):
    path = tmp_path / "loop.py"
    path.write_text(LOOP.format(arg="", parameter=""))
    with pytest.raises(SplxError) as caught:
        build(load_scenario(path), design("netbsd-5"))
    assert [(each.code, each.span.line) for each in caught.value.diagnostics] == [("S0120", 8)]
    path.write_text(LOOP.format(arg=", arg=card", parameter="card: NIC"))
    assert [each.name for each in build(load_scenario(path), design("netbsd-5")).devices] == ["wm0", "wm1"]


SHARING = """from splx.scenario import *

nic, table, own = NIC("wm0", Never()), Mutex("table", IPL_NET), Mutex("own")

class Softc(Struct):
    lock: Mutex

def touch() -> None:
    with table:
        pass

@handler(nic, IPL_NET)
def intr() -> None:
    touch()

@thread("t", arg=Softc(lock=table))
def t(sc: Softc) -> None:
    with sc.lock:
        pass

@periodic(ms(1))
def job() -> None:
    mutex_enter(table)
    mutex_exit(table)
    with own:
        pass
"""


def test_who_shares_a_lock_is_read_from_what_runs_and_what_is_handed_to_it(tmp_path):
    path = tmp_path / "sharing.py"
    path.write_text(SHARING)
    assert shared(load_scenario(path)) == {"table": "intr, job and t"}
