"""Building: what is in a system, and what of it is the same under all designs."""

import pytest

from splx.base.diagnostics import SplxError
from splx.kernel.interface import lines, lwp, sched
from splx.lang.kernel import NULL
from splx.lang.struct import given_values
from splx.machine.costs import Account
from splx.machine.state import VECTORS
from splx.scenario import (
    EDGE,
    IPL_BIO,
    IPL_CLOCK,
    IPL_NET,
    IPL_SOFTNET,
    NIC,
    Clock,
    Disk,
    Exponential,
    Mutex,
    Never,
    Periodic,
    Scenario,
    Statistic,
    count,
    handler,
    load_scenario,
    ms,
    mutex_enter,
    mutex_exit,
    periodic,
    softint,
    thread,
    us,
    work,
)
from splx.scenario.build import build
from splx.scenario.build.contexts import Contexts
from splx.scenario.build.lines import make_sources
from splx.scenario.build.plan import make_plan
from splx.scenario.designs import design, designs
from splx.simulate.setup import Setup

DESIGNS = list(designs())
every = pytest.mark.parametrize("name", DESIGNS)


def spend(n: int) -> None:
    work(us(1))


def declare() -> None:
    nic = NIC("wm0", Periodic(us(50)), cpu=1)
    disk = Disk("sd0", Periodic(ms(1)))
    clock = Clock("clock", Periodic(ms(1)))
    for device, level in ((nic, IPL_NET), (disk, IPL_BIO), (clock, IPL_CLOCK)):
        handler(device, level)(spend)
    softint(IPL_SOFTNET)(spend)
    thread("reader", count=3)(spend)
    periodic(ms(1), name="job")(spend)
    Mutex("stats", IPL_NET)
    Exponential(us(3))


@pytest.fixture
def scenario():
    with Scenario("test") as made:
        declare()
    return made


def made(scenario, name, cpus=2, **how):
    return build(scenario, design(name), cpus=cpus, **how)


@every
def test_the_scenarios_that_come_with_splx_run_under_every_design(name):
    for shipped in ("first", "demo"):
        made(load_scenario(shipped), name, cpus=4)


# ---- the same under all designs


def test_devices_distributions_and_threads_are_the_same_under_all_designs(scenario):
    systems = [made(scenario, name) for name in DESIGNS]
    assert len({each.devices for each in systems}) == 1
    assert len({each.dists for each in systems}) == 1
    assert len({each.sources[:8] for each in systems}) == 1


def test_sources_are_the_devices_then_the_threads_in_the_order_of_declaration(scenario):
    names = ("wm0", "sd0", "clock", "job", "reader/0", "reader/1", "reader/2", "job.thread")
    assert made(scenario, "textbook").sources[:8] == names


def test_a_threads_draws_are_counted_apart_and_the_same_under_all_designs(scenario):
    for name in DESIGNS:
        system = made(scenario, name)
        origins = {each.name: each.origin for each in system.contexts if each.origin}
        assert origins == {"reader/0": 1, "reader/1": 2, "reader/2": 3, "job.thread": 4}
        assert system.counters == 5 + system.image.draws


def test_building_leaves_the_statics_of_the_kernel_as_they_were(scenario):
    statics = (lines.intr, lines.soft, lines.softints, sched.sched, sched.turnstiles, sched.sleepqs, lwp.ci, lines.held)
    before = [given_values(each) for each in statics]
    lock = scenario.locks[0]
    assert (lock.kind, lock.ipl) == (0, 0)
    made(scenario, "doran-2006")
    assert [given_values(each) for each in statics] == before
    assert (lock.kind, lock.ipl) == (0, 0)


@every
def test_the_same_scenario_gives_the_same_program(scenario, name):
    one, other = made(scenario, name), made(scenario, name)
    assert [(i.op, i.imm, i.t, i.dst, i.a, i.b) for i in one.image.insns] == [
        (i.op, i.imm, i.t, i.dst, i.a, i.b) for i in other.image.insns
    ]
    assert one.image.memory == other.image.memory
    assert one.contexts == other.contexts


# ---- contexts


@every
def test_each_cpu_starts_in_its_idle_thread_and_takes_interrupts_in_a_context_of_its_own(scenario, name):
    system = made(scenario, name, cpus=3)
    running = {each.cpu: each.name for each in system.contexts if each.cpu >= 0}
    assert running == {0: "idle/0", 1: "idle/1", 2: "idle/2"}
    assert [system.contexts[n].name for n in system.trap] == ["trap/0", "trap/1", "trap/2"]
    assert all(system.contexts[n].function == 0 for n in system.trap)


@every
def test_threads_are_suspended_before_their_first_instruction(scenario, name):
    system = made(scenario, name)
    started = {each.name for each in system.contexts if each.function}
    ours = {each for each in started if each.startswith(("irq/", "swi", "ksoftirqd"))}
    assert started - ours == {"reader/0", "reader/1", "reader/2", "job.thread", "idle/0", "idle/1"}
    functions = {system.image.numbers[each.function].name for each in system.contexts if each.function}
    assert functions == {"idle_loop", "lwp_startup"}
    assert system.image.numbers[system.vector].name == "intr_entry"


def test_handlers_are_accounted_by_who_runs_them(scenario):
    def account(name, context):
        return next(each.account for each in made(scenario, name).contexts if each.name == context)

    assert account("netbsd-5", "BIO+NET+TTY+VM/1") is Account.HANDLER
    assert account("netbsd-2006", "NET/1") is Account.HANDLER
    assert account("doran-2006", "NET/1") is Account.INTR
    assert account("doran-2006", "intr7/1") is Account.DEFERRED
    assert account("netbsd-5", "softnet/1") is Account.DEFERRED


def test_only_levels_in_use_have_a_frame(scenario):
    names = {each.name for each in made(scenario, "doran-2006").contexts}
    assert {"NET/1", "BIO/0", "SOFTNET/0", "SOFTNET/1", "IPI/0", "CLOCK+SCHED/0"} <= names
    assert not {"NET/0", "BIO/1", "AUDIO/0", "SOFTCLOCK/0"} & names


# ---- the controller


@every
def test_inputs_are_the_devices_then_the_vectors_of_each_cpu(scenario, name):
    system = made(scenario, name)
    assert [each.device for each in system.irqs] == [0, 1, 2, 3] + [-1] * 2 * VECTORS
    assert system.ipi_base == 4
    assert [each.cpu for each in system.irqs[4:]] == [0] * VECTORS + [1] * VECTORS
    assert sorted(system.rank) == list(range(len(system.irqs)))


@every
def test_ranks_follow_priorities(scenario, name):
    system = made(scenario, name)
    prios = [system.irqs[irq].prio for irq in system.rank]
    assert prios == sorted(prios, reverse=True)


def test_equal_priorities_are_in_the_chosen_order():
    with Scenario("ties") as scenario:
        for n in range(6):
            handler(NIC(f"n{n}", Never()), IPL_NET)(spend)

    def order(ties):
        return [irq for irq in made(scenario, "netbsd-5", ties=ties).rank if irq < 6]

    assert order(0) == [0, 1, 2, 3, 4, 5]
    assert order(1) == [5, 4, 3, 2, 1, 0]
    assert sorted(order(7)) == order(0)
    assert order(7) == order(7) != order(8)


def test_a_device_can_ask_to_be_taken_first_among_its_level():
    with Scenario("first") as scenario:
        handler(NIC("a", Never()), IPL_NET)(spend)
        handler(NIC("b", Never(), priority=1), IPL_NET)(spend)
    assert [irq for irq in made(scenario, "netbsd-5").rank if irq < 2] == [1, 0]


def test_under_eager_levels_a_cpu_asks_itself_by_vectors_of_their_priority(scenario):
    system = made(scenario, "netbsd-2006")
    level = design("netbsd-2006").level
    prios = [each.prio for each in system.irqs[4 : 4 + VECTORS]]
    assert prios[:3] == [level("IPL_IPI"), level("IPL_SOFTNET"), level("IPL_PREEMPT")]


# ---- bits of the log


def sources_of(scenario, name, cpus=2):
    plan = make_plan(scenario, design(name), cpus, 0)
    return make_sources(plan, Contexts(cpus))


@pytest.mark.parametrize("name", ["netbsd-2006-deferred", "doran-2006", "netbsd-5"])
def test_bits_differ_on_each_cpu_and_are_the_same_for_what_all_have(scenario, name):
    sources = sources_of(scenario, name)
    for bits in sources.bits:
        assert all(source.is_bit == bit for bit, source in bits.items())
        assert sources.poke in bits.values()
    assert sources.width <= 63


def test_replay_takes_pokes_first_then_clocks_soft_levels_preemption_and_devices(scenario):
    sources = sources_of(scenario, "netbsd-5")
    nic, disk, clock, job = sources.line
    order = [sources.poke, clock, sources.soft[2], sources.soft[4], disk]
    bits = [each.is_bit for each in order]
    assert bits == sorted(bits, reverse=True)
    assert job.is_bit > sources.soft[2].is_bit > nic.is_bit


def test_a_cpu_with_more_lines_than_bits():
    with Scenario("many") as scenario:
        for n in range(60):
            handler(NIC(f"n{n}", Never()), IPL_NET)(spend)
    with pytest.raises(SplxError, match="S0305"):
        made(scenario, "netbsd-5", cpus=1)
    made(scenario, "netbsd-2006", cpus=1)


def test_lines_that_go_on_in_soft_interrupts_are_counted_with_them():
    with Scenario("many") as scenario:
        for n in range(16):
            handler(NIC(f"n{n}", Never()), IPL_NET)(spend)
    made(scenario, "thomas-2007", cpus=1)
    with scenario:
        softint(IPL_SOFTNET)(spend)
    with pytest.raises(SplxError) as caught:
        made(scenario, "thomas-2007", cpus=1)
    (found,) = caught.value.diagnostics
    assert found.message == "there are 1 softints and 16 lines that go on in one, and the kernel has room for 16"


# ---- placement


def test_threads_that_are_not_bound_are_dealt_out_with_their_timers():
    with Scenario("many") as scenario:
        for n in range(5):
            periodic(ms(1), name=f"t{n}")(spend)
        thread("bound", cpu=1)(spend)
    plan = make_plan(scenario, design("textbook"), 2, 0)
    assert [each.cpu for each in plan.threads] == [0, 1, 0, 1, 0, 1]
    assert [each.cpu for each in plan.lines] == [0, 1, 0, 1, 0]


def test_one_queue_for_all_cpus_or_one_each(scenario):
    from splx.scenario.build.lwps import make_lwps

    def queues(name):
        return make_lwps(make_plan(scenario, design(name), 2, 0), Contexts(2)).queues

    partitioned, shared = queues("textbook"), queues("textbook:queues=global")
    assert partitioned[0] is not partitioned[1]
    assert partitioned[0].rq_lock is partitioned[1].rq_lock
    assert shared[0] is shared[1]


def test_a_boot_list_is_in_the_order_of_declaration(scenario):
    from splx.scenario.build.lwps import make_lwps

    lwps = make_lwps(make_plan(scenario, design("netbsd-5"), 2, 0), Contexts(2))
    first = lwps.queues[0].rq_boot
    assert [lwps.names[first], lwps.names[first.l_next]] == ["reader/0", "reader/2"]
    assert first.l_next.l_next is NULL


# ---- what is left


def test_statistics_of_the_scenario_come_before_those_of_the_kernel():
    with Scenario("counting") as scenario:
        hits = Statistic("hits")

        thread("t")(counting)
        globals()["HITS"] = hits
    assert made(scenario, "netbsd-5").statistics[0] == "hits"


HITS: Statistic = None


def counting() -> None:
    count(HITS, 1)


def test_a_lock_that_was_made_elsewhere_is_refused():
    with Scenario("test") as scenario:
        thread("t")(locking)
    with pytest.raises(SplxError, match="S0113"):
        made(scenario, "netbsd-5")


ELSEWHERE = Mutex("elsewhere")


def locking() -> None:
    mutex_enter(ELSEWHERE)
    mutex_exit(ELSEWHERE)


def test_mistakes_under_one_design_are_not_held_against_the_next():
    with Scenario("mixed") as scenario:
        nic = NIC("n", Never(), trigger=EDGE)
        handler(nic, IPL_NET)(spend)
        handler(nic, IPL_CLOCK)(spend)
    with pytest.raises(SplxError, match="S0303"):
        made(scenario, "netbsd-2006")
    made(scenario, "netbsd-5")


@pytest.mark.parametrize("family", ["threshold", "stop"])
def test_a_line_that_a_register_keeps_away_has_one_level(family):
    with Scenario("mixed") as scenario:
        nic = NIC("n", Never())
        handler(nic, IPL_NET)(spend)
        handler(nic, IPL_CLOCK)(spend)
    made(scenario, "netbsd-2006-deferred:family=log")
    with pytest.raises(SplxError, match="a line has one level"):
        made(scenario, f"netbsd-2006-deferred:family={family}")


@pytest.mark.parametrize("named", ["freebsd", "thomas-2007", "linux-threadirqs", "doran-2006"])
def test_a_line_is_a_threads_or_is_not(named):
    with Scenario("mixed") as scenario:
        for name, level in (("a", IPL_NET), ("b", IPL_CLOCK)):
            handler(NIC(name, Never(), irq="pci3"), level)(spend)
    with pytest.raises(SplxError, match="the one at `IPL_CLOCK` runs at once and the one at `IPL_NET` in a thread"):
        made(scenario, named)
    made(scenario, "linux")


def test_there_are_as_many_cpus_as_the_scenario_names_unless_it_is_said(scenario):
    assert build(scenario, design("netbsd-5")).cpus == 2  # wm0 is on CPU 1
    assert Setup("first").system().cpus == build(load_scenario("first"), design("netbsd-5")).cpus == 1
    assert Setup("demo").system().cpus == build(load_scenario("demo"), design("netbsd-5")).cpus == 4


@pytest.mark.parametrize("cpus", [-1, 65])
def test_a_machine_has_1_to_64_cpus(scenario, cpus):
    with pytest.raises(SplxError, match="S0106"):
        made(scenario, "netbsd-5", cpus=cpus)


def test_the_largest_machine_can_be_built(scenario):
    assert len(made(scenario, "doran-2006", cpus=64).irqs) == 4 + 64 * VECTORS


def test_notes_tell_what_was_chosen(scenario):
    notes = made(scenario, "doran-2006:line_at=IPL_VM").notes
    assert notes["option line_at"] == "IPL_VM"
    assert notes["axis preempt"] == "count zero, real-time priorities"


def spend_more(n: int) -> None:
    work(us(2))


@pytest.mark.parametrize(("name", "threads"), [
    ("freebsd", ["irq/wm0"]),
    ("linux", []),
    ("thomas-2007", []),
    ("dragonfly", ["irq/wm0"]),
    ("xnu", ["irq/wm0"]),
    ("sel4", ["irq/wm0"]),
    ("qnx", ["irq/wm0", "irq/sd0:spend_more", "irq/sd0:spend", "irq/clock"]),
    ("linux-threadirqs", ["irq/wm0", "irq/sd0:spend_more", "irq/sd0:spend"]),
])  # fmt: skip
def test_a_line_that_is_shared_has_one_thread_or_one_for_each_handler(name, threads):
    with Scenario("shared") as scenario:
        nic, disk = NIC("wm0", Never(), irq="line"), Disk("sd0", Never(), irq="line")
        clock = Clock("clock", Never())
        handler(nic, IPL_NET)(spend)
        handler(disk, IPL_NET)(spend_more)
        handler(disk, IPL_BIO)(spend)
        handler(clock, IPL_CLOCK)(spend)
    built = build(scenario, design(name))
    assert [each for each in built.sources if each.startswith("irq/")] == threads


def test_a_kernel_that_is_built_for_one_cpu_is_refused_on_two():
    with pytest.raises(SplxError, match="2 CPUs, and `netbsd-5` is built for one") as refused:
        Setup("first", design="netbsd-5:build=up", cpus=2).system()
    assert refused.value.diagnostics[0].help == "leave out `build=up`"
